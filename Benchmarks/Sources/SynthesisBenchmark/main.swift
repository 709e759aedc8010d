// Synthetic slices on one core: SynthesisBenchmark COUNT SHEET.png ANATOMY.safetensors...
// Prints slices per second and writes a sheet of the first 24.

import Foundation

@testable import Norma

guard CommandLine.arguments.count > 3, let count = Int(CommandLine.arguments[1]) else {
  fatalError("usage: SynthesisBenchmark COUNT SHEET.png ANATOMY.safetensors...")
}
let anatomies = try CommandLine.arguments[3...].map { try Anatomy(contentsOf: URL(filePath: $0)) }
let synthesis = try FLAIRSynthesis(
  anatomies: anatomies, settings: SynthesisSettings(), paintsLesions: true, adjacentDistance: 3)
var samples: [SyntheticSlice] = []
let spent = ContinuousClock().measure { samples = (0..<count).map { synthesis.slice(seed: UInt64($0)) } }
print(Double(count) / (spent / .seconds(1)))
try SampleSheet.write(samples: Array(samples.prefix(24)), to: URL(filePath: CommandLine.arguments[2]))
