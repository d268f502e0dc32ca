#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""cri.py SOCKET METHOD [JSON]: one call of a container runtime's service for
Kubernetes (CRI v1), as kubelet makes it; the answer is JSON, too.

gRPC is a POST by HTTP/2 of a message with five bytes before it, which curl can
do. Of the messages, here is what the tests need: field, number, and what is in
it: a string, an int, another message, a map of strings, or a list ("*") of
strings. The numbers are those of api.proto, which may only be added to."""
import json
import subprocess
import sys

MESSAGES = {
    'Empty': {},
    'VersionResponse': {'runtime_name': (2, 'string'),
                        'runtime_version': (3, 'string')},
    'PodMetadata': {'name': (1, 'string'), 'uid': (2, 'string'),
                    'namespace': (3, 'string')},
    'Namespaces': {'network': (1, 'int'), 'pid': (2, 'int'),
                   'ipc': (3, 'int')},
    'Profile': {'profile_type': (1, 'int')},
    'PodSecurity': {'namespace_options': (1, 'Namespaces'),
                    'privileged': (6, 'int')},
    'Capabilities': {'add_capabilities': (1, '*'),
                     'drop_capabilities': (2, '*')},
    'LinuxPod': {'cgroup_parent': (1, 'string'),
                 'security_context': (2, 'PodSecurity')},
    'Pod': {'metadata': (1, 'PodMetadata'), 'hostname': (2, 'string'),
            'log_directory': (3, 'string'), 'annotations': (7, 'map'),
            'linux': (8, 'LinuxPod')},
    'RunPodSandboxRequest': {'config': (1, 'Pod'),
                             'runtime_handler': (2, 'string')},
    'PodId': {'pod_sandbox_id': (1, 'string')},
    'ContainerMetadata': {'name': (1, 'string'), 'attempt': (2, 'int')},
    'Image': {'image': (1, 'string')},
    'Resources': {'cpu_period': (1, 'int'), 'cpu_quota': (2, 'int'),
                  'memory_limit_in_bytes': (4, 'int')},
    'ContainerSecurity': {'capabilities': (1, 'Capabilities'),
                          'privileged': (2, 'int'),
                          'namespace_options': (3, 'Namespaces'),
                          'masked_paths': (13, '*'),
                          'readonly_paths': (14, '*'),
                          'seccomp': (15, 'Profile')},
    'LinuxContainer': {'resources': (1, 'Resources'),
                       'security_context': (2, 'ContainerSecurity')},
    'Container': {'metadata': (1, 'ContainerMetadata'),
                  'image': (2, 'Image'), 'command': (3, '*'),
                  'annotations': (10, 'map'), 'log_path': (11, 'string'),
                  'linux': (15, 'LinuxContainer')},
    'CreateContainerRequest': {'pod_sandbox_id': (1, 'string'),
                               'config': (2, 'Container'),
                               'sandbox_config': (3, 'Pod')},
    'ContainerId': {'container_id': (1, 'string')},
    'StopContainerRequest': {'container_id': (1, 'string'),
                             'timeout': (2, 'int')},
    'UpdateRequest': {'container_id': (1, 'string'),
                      'linux': (2, 'Resources')},
    'ExecSyncRequest': {'container_id': (1, 'string'), 'cmd': (2, '*'),
                        'timeout': (3, 'int')},
    'ExecSyncResponse': {'stdout': (1, 'string'), 'stderr': (2, 'string'),
                         'exit_code': (3, 'int')},
}

METHODS = {
    'Version': ('Empty', 'VersionResponse'),
    'Status': ('Empty', 'Empty'),
    'RunPodSandbox': ('RunPodSandboxRequest', 'PodId'),
    'StopPodSandbox': ('PodId', 'Empty'),
    'RemovePodSandbox': ('PodId', 'Empty'),
    'CreateContainer': ('CreateContainerRequest', 'ContainerId'),
    'StartContainer': ('ContainerId', 'Empty'),
    'StopContainer': ('StopContainerRequest', 'Empty'),
    'RemoveContainer': ('ContainerId', 'Empty'),
    'UpdateContainerResources': ('UpdateRequest', 'Empty'),
    'ExecSync': ('ExecSyncRequest', 'ExecSyncResponse'),
}

VARINT, BYTES = 0, 2


def varint(n):
    n &= 2**64 - 1
    out = b''
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def field(number, data):
    return varint(number << 3 | BYTES) + varint(len(data)) + data


def encode_field(number, kind, value):
    if kind == 'int':
        return varint(number << 3 | VARINT) + varint(int(value))
    if kind == 'string':
        return field(number, value.encode())
    if kind == '*':
        return b''.join(field(number, v.encode()) for v in value)
    if kind == 'map':
        return b''.join(field(number, field(1, k.encode()) +
                              field(2, v.encode()))
                        for k, v in value.items())
    return field(number, encode(kind, value))


def encode(message, values):
    fields = MESSAGES[message]
    return b''.join(encode_field(*fields[name], value)
                    for name, value in values.items())


def read_varint(data, at):
    n = shift = 0
    while data[at] > 127:
        n |= (data[at] & 127) << shift
        shift += 7
        at += 1
    return n | data[at] << shift, at + 1


def decode(message, data):
    names = {number: name for name, (number, _) in MESSAGES[message].items()}
    out = {}
    at = 0
    while at < len(data):
        key, at = read_varint(data, at)
        value, at = read_varint(data, at)
        if key & 7 == BYTES:
            at, value = at + value, data[at:at + value]
        if key >> 3 in names:
            out[names[key >> 3]] = (value.decode() if key & 7 == BYTES
                                    else value)
    return out


def call(socket, method, values):
    request, response = METHODS[method]
    data = encode(request, values)
    done = subprocess.run(
        ['curl', '--silent', '--show-error', '--http2-prior-knowledge',
         '--max-time', '120', '--unix-socket', socket,
         '--dump-header', '/dev/stderr', '--data-binary', '@-',
         '--header', 'content-type: application/grpc',
         '--header', 'te: trailers',
         'http://localhost/runtime.v1.RuntimeService/' + method],
        input=b'\0' + len(data).to_bytes(4, 'big') + data,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    said = done.stderr.decode()
    if done.returncode or 'grpc-status: 0' not in said:
        sys.exit(f'{method}: {said}')
    return decode(response, done.stdout[5:])


def main():
    socket, method, *values = sys.argv[1:]
    answer = call(socket, method, json.loads(values[0] if values else '{}'))
    print(json.dumps(answer))


main()
