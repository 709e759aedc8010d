// Images per second of training steps at 128 x 128: TrainingBenchmark PRESET BATCH STEPS PRECISION DEVICE
// Prints one number. The peer that does the same in PyTorch is peers/train.py; of f-AnoGAN both train the generator.

import Norma
import Tensors

Engine.configureAllocator()
let arguments = CommandLine.arguments
guard arguments.count == 6, let batchSize = Int(arguments[2]), let steps = Int(arguments[3]),
  let precision = Precision(rawValue: arguments[4]),
  let device = try? Device(parsing: arguments[5]), device.isAvailable
else { fatalError("usage: TrainingBenchmark PRESET BATCH STEPS float32|bfloat16 DEVICE") }

let configuration = try Configuration(preset: arguments[1])
let methodContext = MethodContext(imageSize: 128, device: device, precision: precision)
let method = try MethodRegistry.entry(configuration.method)
  .make(model: configuration.model, context: methodContext)
let generator = try Generator(seed: 0, device: device)
let images = try Tensor.rand([batchSize, 1, 128, 128], generator: generator)
let batch = Batch(images: images, brain: try images.onesLike())
let context = StepContext(learningRate: 1e-3, generator: generator)

for _ in 0..<3 { _ = try method.step(batch, context) }
let start = ContinuousClock.now
for _ in 0..<steps { _ = try method.step(batch, context) }
print(Double(batchSize * steps) / ((ContinuousClock.now - start) / .seconds(1)))
