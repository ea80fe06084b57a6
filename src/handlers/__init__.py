"""The Lambda functions: each module with a `handler` is one."""

import gc
import os

# Nothing of what a function imports and builds in init is garbage, so that looking for some takes
# a twentieth of a cold start for nothing. `wiring.prepare` turns the collector on again.
if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    gc.disable()
