/* SPDX-License-Identifier: Apache-2.0 */
/* A list of thread ids gives the same ids however it is cut into pieces. */
#include <string.h>

#include "fuzz.h"
#include "threads_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autolist struct threads_list whole = { .max = 100 };
	autolist struct threads_list pieces = { .max = 100 };
	const char *text = (const char *)data;
	size_t cut = size ? data[0] % size : 0;
	long number = -1;

	fuzz_require(threads_list_parse(&whole, text, size, &number) == 0);
	number = -1;
	fuzz_require(threads_list_parse(&pieces, text, cut, &number) == 0);
	fuzz_require(threads_list_parse(&pieces, text + cut, size - cut,
					&number) == 0);

	fuzz_require(whole.n == pieces.n && whole.n <= 100);
	for (size_t i = 0; i < whole.n; i++)
		fuzz_require(whole.id[i] > 0 && whole.id[i] == pieces.id[i]);
	return 0;
}
