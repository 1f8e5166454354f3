"""What `pytest --pyargs lossref.conformance --lossref-implementation NAME` names; the plugin, not this file, makes the tests.

One test a loss and property: value, gradient and Hessian judged by the golden vectors, and two laws that hold for any
function, `inputs_unchanged` and `deterministic`. `pytest --help` has the options, under lossref.
"""
