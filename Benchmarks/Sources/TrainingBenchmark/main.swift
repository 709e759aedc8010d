// Images per second of training steps of the 128 x 128 dense VAE: TrainingBenchmark BATCH STEPS
// Prints one number. The peer that does the same in PyTorch is peers/train_vae.py.

import Norma
import Tensors

Engine.configureAllocator()
guard CommandLine.arguments.count == 3, let batchSize = Int(CommandLine.arguments[1]),
  let steps = Int(CommandLine.arguments[2])
else { fatalError("usage: TrainingBenchmark BATCH STEPS") }

let configuration = try Configuration(preset: "dense-vae")
let method = try MethodRegistry.entry(configuration.method)
  .make(model: configuration.model, context: MethodContext(imageSize: 128))
let generator = try Generator(seed: 0)
let images = try Tensor.rand([batchSize, 1, 128, 128], generator: generator)
let batch = Batch(images: images, brain: try images.onesLike())
let context = StepContext(learningRate: 1e-3, generator: generator)

for _ in 0..<3 { _ = try method.step(batch, context) }
let start = ContinuousClock.now
for _ in 0..<steps { _ = try method.step(batch, context) }
print(Double(batchSize * steps) / ((ContinuousClock.now - start) / .seconds(1)))
