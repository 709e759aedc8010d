// Images per second of training steps at 128 x 128: TrainingBenchmark PRESET BATCH STEPS [PRECISION]
// Prints one number. The peer that does the same in PyTorch is peers/train.py; of f-AnoGAN both train the generator.

import Norma
import Tensors

Engine.configureAllocator()
let arguments = CommandLine.arguments
guard (4...5).contains(arguments.count), let batchSize = Int(arguments[2]), let steps = Int(arguments[3]),
  let precision = Precision(rawValue: arguments.count == 5 ? arguments[4] : "float32")
else { fatalError("usage: TrainingBenchmark PRESET BATCH STEPS [float32|bfloat16]") }

let configuration = try Configuration(preset: arguments[1])
let method = try MethodRegistry.entry(configuration.method)
  .make(model: configuration.model, context: MethodContext(imageSize: 128, precision: precision))
let generator = try Generator(seed: 0)
let images = try Tensor.rand([batchSize, 1, 128, 128], generator: generator)
let batch = Batch(images: images, brain: try images.onesLike())
let context = StepContext(learningRate: 1e-3, generator: generator)

for _ in 0..<3 { _ = try method.step(batch, context) }
let start = ContinuousClock.now
for _ in 0..<steps { _ = try method.step(batch, context) }
print(Double(batchSize * steps) / ((ContinuousClock.now - start) / .seconds(1)))
