#!/bin/sh
# SPDX-License-Identifier: MIT
# End to end over real sockets: the built program between real clients and an
# origin that remembers what it received.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
modules="pytest requests"
. "$here/../python.sh"

run_pytest "$@"
