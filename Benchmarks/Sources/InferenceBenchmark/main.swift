// Images per second of an untrained network's anomaly maps at 128 x 128: InferenceBenchmark PRESET BATCH CALLS PRECISION
// Prints one number. The peers that reconstruct with the same network are in peers/infer.py.

import Methods
import Norma
import Tensors

Engine.configureAllocator()
let arguments = CommandLine.arguments
guard arguments.count == 5, let batchSize = Int(arguments[2]), let calls = Int(arguments[3]),
  let precision = Precision(rawValue: arguments[4])
else { fatalError("usage: InferenceBenchmark PRESET BATCH CALLS PRECISION") }

let configuration = try Configuration(preset: arguments[1])
let method = try MethodRegistry.entry(configuration.method)
  .make(model: configuration.model, context: MethodContext(imageSize: 128, scoringPrecision: precision))
let images = try Tensor.rand([batchSize, 1, 128, 128], generator: Generator(seed: 0))
let batch = Batch(images: images, brain: try images.onesLike())

for _ in 0..<3 { _ = try method.score(batch) }
let start = ContinuousClock.now
for _ in 0..<calls { _ = try method.score(batch) }
print(Double(batchSize * calls) / ((ContinuousClock.now - start) / .seconds(1)))
