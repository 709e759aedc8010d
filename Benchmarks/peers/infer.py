"""Images per second of a reconstruction and its residual: infer.py ENGINE MODEL.onnx BATCH CALLS

ENGINE: eager, tuned (channels_last, inference mode) or compile, the network of train.py in PyTorch; onnxruntime, openvino, or
openvino-narrow (in the precision it chooses, bfloat16 where the processor has it), the model. Prints one number.
"""
import sys
import time

import numpy

SHAPE = (1, 128, 128)


def pytorch(engine: str, images: numpy.ndarray):
    import torch
    from train import Dense

    network = Dense(random=True).eval()
    layout = torch.contiguous_format if engine == "eager" else torch.channels_last
    network, batch = network.to(memory_format=layout), torch.from_numpy(images).to(memory_format=layout)

    def residual(batch: torch.Tensor) -> torch.Tensor:
        return (batch - network.decode(network.encode(batch)[0])).abs()

    if engine == "compile":
        residual = torch.compile(residual)

    def call() -> None:
        with torch.no_grad() if engine == "eager" else torch.inference_mode():
            residual(batch)

    return call


def onnxruntime(model: str, images: numpy.ndarray):
    import onnxruntime as engine

    session = engine.InferenceSession(model, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda: abs(images - session.run(None, {name: images})[0])


def openvino(model: str, images: numpy.ndarray, narrow: bool = False):
    import openvino as engine

    precision = {} if narrow else {"INFERENCE_PRECISION_HINT": "f32"}
    compiled = engine.Core().compile_model(model, "CPU", {"PERFORMANCE_HINT": "LATENCY", **precision})
    return lambda: abs(images - compiled(images)[0])


def main(engine: str, model: str, batch: int, calls: int) -> None:
    images = numpy.random.default_rng(0).random((batch, *SHAPE), numpy.float32)
    models = {
        "onnxruntime": onnxruntime, "openvino": openvino, "openvino-narrow": lambda *case: openvino(*case, narrow=True)
    }
    call = models[engine](model, images) if engine in models else pytorch(engine, images)
    for _ in range(3):
        call()
    start = time.perf_counter()
    for _ in range(calls):
        call()
    print(batch * calls / (time.perf_counter() - start))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
