// Bias correction and registration on real scans: RegistrationBenchmark DATA DEPS, where DATA/ms-open holds raw scans and
// their transforms to each patient's common space, and DEPS is the folder that Scripts/bootstrap fills.
// Prints Markdown: of every scan the overlap with the template, how far apart the seeds 0 to 4 are, CPU seconds; of every
// two visits of a patient the distance between their registered positions. Distances are means over the corners of the brain's box, in mm.

import Foundation
import Norma
import Volumes

struct Visit {
  let name: String
  let corners: [SIMD3<Double>]
  let toTemplate, toCommon: Affine

  /// The mean distance in mm between the corners that this visit maps to the template and the same corners mapped
  /// through the other visit.
  func distance(to other: Visit) throws -> Double {
    let through = try other.toTemplate.composed(with: other.toCommon.inverse().composed(with: toCommon))
    return meanDistance(toTemplate, through, corners)
  }
}

func meanDistance(_ a: Affine, _ b: Affine, _ places: [SIMD3<Double>]) -> Double {
  places.reduce(0) { sum, place in
    let offset = a.apply(place) - b.apply(place)
    return sum + (offset * offset).sum().squareRoot()
  } / Double(places.count)
}

func corners(_ mask: Mask) -> [SIMD3<Double>] {
  let (width, height) = (mask.shape[0], mask.shape[1])
  let set = mask.voxels.indices.filter { mask.voxels[$0] != 0 }.map { index in
    SIMD3<Double>(SIMD3(index % width, index / width % height, index / (width * height)))
  }
  let (low, high) = (set.reduce(set[0]) { pointwiseMin($0, $1) }, set.reduce(set[0]) { pointwiseMax($0, $1) })
  return (0..<8).map { corner in
    mask.geometry.world(ofVoxel: SIMD3((0..<3).map { corner >> $0 & 1 == 0 ? low[$0] : high[$0] }))
  }
}

func timed<Result>(_ body: () throws -> Result) rethrows -> (result: Result, seconds: Double) {
  let start = clock()
  let result = try body()
  return (result, Double(clock() - start) / Double(CLOCKS_PER_SEC))
}

func toCommonSpace(_ name: String, _ data: URL) throws -> Affine {
  func map(_ kind: String) throws -> Affine {
    try ITKTransformFile.read(data.appending(path: "brainmask/\(name.prefix(16))_\(kind).txt"))
  }
  let common = try map("FLAIR_to_common_space")
  return name.hasSuffix("T1W") ? common.composed(with: try map("T1W_intrastudy_to_FLAIR")) : common
}

func row(_ name: String, _ figures: [Double]) {
  print("| \(name) | \(figures.map { String(format: "%.3f", $0) }.joined(separator: " | ")) |")
}

guard CommandLine.arguments.count == 3 else { fatalError("usage: RegistrationBenchmark DATA DEPS") }
let data = URL(filePath: CommandLine.arguments[1]).appending(path: "ms-open")
let installed = URL(filePath: CommandLine.arguments[2])
let extraction = try BrainExtraction(weights: installed.appending(path: "brainchop/net.safetensors"))
let template = try Template(folder: installed.appending(path: "template"))
let (registration, templateSeconds) = try timed { try TemplateRegistration(template: template) }
print("template: \(String(format: "%.2f", templateSeconds)) s\n")

print("| scan | overlap | seeds mm | N4 s | registration s |\n|---|---|---|---|---|")
var visits = [Visit]()
for file in try FileManager.default.contentsOfDirectory(atPath: data.appending(path: "raw").path).sorted() {
  let name = file.replacing(".nii.gz", with: "")
  let raw = try NIfTI.read(data.appending(path: "raw/\(file)"))
  let brain = try extraction(raw, name: name).mask
  let (scan, biasSeconds) = try timed { try BiasCorrection()(raw, brain: brain) }
  let runs = try (0..<5).map { seed in
    var seeded = registration
    seeded.settings.seed = seed
    return try timed { try seeded(scan, brain: brain, name: name) }
  }
  let places = corners(brain)
  let maps = runs.map(\.result.toTemplate)
  let spread = maps.flatMap { a in maps.map { meanDistance(a, $0, places) } }.max() ?? 0
  row(name, [runs[0].result.overlap, spread, biasSeconds, runs.map(\.seconds).reduce(0, +) / 5])
  visits.append(
    Visit(name: name, corners: places, toTemplate: maps[0], toCommon: try toCommonSpace(name, data)))
}

print("\n| visits | apart mm |\n|---|---|")
for (index, visit) in visits.enumerated() {
  for other in visits[..<index] where other.name.prefix(9) == visit.name.prefix(9) {
    row("\(other.name), \(visit.name)", [try visit.distance(to: other)])
  }
}
