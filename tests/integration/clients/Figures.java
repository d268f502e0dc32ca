// SPDX-License-Identifier: Apache-2.0
// What a Java program finds out about its machine, in one line.
import java.lang.management.ManagementFactory;

import com.sun.management.OperatingSystemMXBean;

class Figures {
	public static void main(String[] arguments) {
		OperatingSystemMXBean bean = (OperatingSystemMXBean)
			ManagementFactory.getOperatingSystemMXBean();

		System.out.printf("cpus=%d totalMemory=%d freeMemory=%d load=%.2f%n",
			Runtime.getRuntime().availableProcessors(),
			bean.getTotalMemorySize(), bean.getFreeMemorySize(),
			bean.getSystemLoadAverage());
	}
}
