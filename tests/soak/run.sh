#!/bin/sh
# SPDX-License-Identifier: MIT
# Many connections, and ends that vanish.  SOAK_SECONDS makes it the long form.

set -eu

here=$(cd "$(dirname "$0")" && pwd)
modules="pytest requests"
. "$here/../python.sh"

run_pytest "$@"
