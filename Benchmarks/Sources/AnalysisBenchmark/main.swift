// Analysis of scores and masks, on raw files that Scripts/benchmarks/analysis writes: AnalysisBenchmark WORK FOLDER.
// WORK is `ranking` (scores.f32, truth.u8), `median` (volume.f32), `components`, `holes`, `distances` or `erosion`
// (mask.u8); volumes are 256 x 256 x 160. Prints seconds without reading, then results, which the peers' must equal.

import Foundation

@testable import Norma
@testable import Volumes

let shape = [256, 256, 160]
guard CommandLine.arguments.count == 3 else {
  fatalError("usage: AnalysisBenchmark ranking|median|components|holes|distances|erosion FOLDER")
}
let folder = URL(filePath: CommandLine.arguments[2])

func open(_ name: String) throws -> FileHandle {
  try FileHandle(forReadingFrom: folder.appending(path: name))
}

func read<Value: BitwiseCopyable>(_ file: FileHandle, _ type: Value.Type, count: Int) throws -> [Value] {
  let data = try file.read(upToCount: count * MemoryLayout<Value>.stride) ?? Data()
  return data.withUnsafeBytes { Array($0.bindMemory(to: Value.self)) }
}

let clock = ContinuousClock()
func seconds(_ body: () throws -> Void) rethrows -> Double { try clock.measure(body) / .seconds(1) }

func readMask() throws -> Mask {
  Mask(
    geometry: Geometry(shape: shape, affine: .identity),
    voxels: try read(open("mask.u8"), UInt8.self, count: shape.reduce(1, *)))
}

switch CommandLine.arguments[1] {
case "ranking":
  // Case by case, as an evaluation does.
  let caseSize = 1_000_000
  let (scores, truth) = try (open("scores.f32"), open("truth.u8"))
  var ranked = RankedVoxels(), spent = 0.0
  while case let values = try read(scores, Float.self, count: caseSize), !values.isEmpty {
    let lesion = try read(truth, UInt8.self, count: caseSize)
    spent += try seconds {
      var voxels = ScoredVoxels()
      voxels.reserveCapacity(values.count)
      for (value, isLesion) in zip(values, lesion) { voxels.add(score: value, isLesion: isLesion != 0) }
      try ranked.add(voxels)
    }
  }
  var result: PrecisionRecall?
  spent += try seconds { result = try PrecisionRecall(ranked) }
  print(spent, result?.averagePrecision ?? .nan, result?.oracleDice?.value ?? .nan)
case "median":
  let volume = try read(open("volume.f32"), Float.self, count: shape.reduce(1, *))
  var filtered = [Float]()
  let spent = seconds {
    filtered = MedianFilter(size: 5, depth: 5).filter(volume, height: shape[1], width: shape[0])
  }
  print(spent, filtered.reduce(0) { $0 + Double($1) })
case "components":
  let mask = try readMask()
  var count = 0
  let spent = seconds { count = mask.components().count }
  print(spent, count)
case "holes":
  let mask = try readMask().map { 1 - $0 }
  var filled = mask
  let spent = seconds { filled = mask.fillingHoles() }
  print(spent, filled.count)
case "distances":
  let mask = try readMask()
  var squared = [Double]()
  let spent = seconds {
    let seeds = mask.voxels.indices.filter { mask.voxels[$0] != 0 }
    squared = DistanceTransform(seeds: seeds, shape: shape, spacing: SIMD3(1, 1, 1)).squared
  }
  print(spent, squared.reduce(0) { $0 + $1.squareRoot() })
case "erosion":
  let mask = try readMask()
  var eroded = mask
  // The disc of 21 pixels that ITK calls a ball of radius 2.
  let spent = seconds { eroded = mask.eroded(inPlaneBy: 2.4) }
  print(spent, eroded.count)
default: fatalError("unknown work \(CommandLine.arguments[1])")
}
