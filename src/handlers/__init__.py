"""The Lambda functions: each module with a `handler` is one function."""

import gc
import os

# Nothing that a function imports and builds in init is garbage, so a garbage-collector pass only
# wastes 5 % of a cold start. `wiring.prepare` turns the collector on again.
if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    gc.disable()
