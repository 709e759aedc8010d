// What scores and masks go through, on raw files that Scripts/benchmarks/analysis writes: AnalysisBenchmark WORK FOLDER.
// WORK is `ranking` (scores.f32, truth.u8), `median` (volume.f32) or `components` (mask.u8), volumes being 256 x 256 x 160.
// Prints seconds without reading, then the results that the peers' must equal.

import Foundation
import Volumes

@testable import Norma

let shape = [256, 256, 160]
guard CommandLine.arguments.count == 3 else {
  fatalError("usage: AnalysisBenchmark ranking|median|components FOLDER")
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

switch CommandLine.arguments[1] {
case "ranking":
  // As an evaluation does: case by case, none kept whole.
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
    filtered = MedianFilter(size: 5, depth: 5)(volume, height: shape[1], width: shape[0])
  }
  print(spent, filtered.reduce(0) { $0 + Double($1) })
case "components":
  let mask = Mask(
    geometry: Geometry(shape: shape, affine: .identity),
    voxels: try read(open("mask.u8"), UInt8.self, count: shape.reduce(1, *)))
  var count = 0
  let spent = seconds { count = mask.components().count }
  print(spent, count)
default: fatalError("unknown work \(CommandLine.arguments[1])")
}
