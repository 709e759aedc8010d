// swift-tools-version: 6.1
import PackageDescription

let engine = "\(Context.packageDirectory)/../.deps/torch/lib"

let engineLinking: [LinkerSetting] = [
  .unsafeFlags(["-L\(engine)", "-Xlinker", "-rpath", "-Xlinker", engine]),
  .linkedLibrary("torch_cpu"), .linkedLibrary("c10"),
]

let package = Package(
  name: "norma-benchmarks",
  platforms: [.macOS(.v14)],
  dependencies: [.package(name: "norma", path: "..")],
  targets: [
    .executableTarget(
      name: "AnalysisBenchmark",
      dependencies: [.product(name: "Norma", package: "norma")], linkerSettings: engineLinking),
    .executableTarget(
      name: "TrainingBenchmark",
      dependencies: [.product(name: "Norma", package: "norma")], linkerSettings: engineLinking),
    .executableTarget(
      name: "InferenceBenchmark",
      dependencies: [.product(name: "Norma", package: "norma")], linkerSettings: engineLinking),
    .executableTarget(
      name: "RegistrationBenchmark",
      dependencies: [.product(name: "Norma", package: "norma")], linkerSettings: engineLinking),
    .executableTarget(
      name: "SynthesisBenchmark",
      dependencies: [.product(name: "Norma", package: "norma")], linkerSettings: engineLinking),
  ],
  swiftLanguageModes: [.v6]
)
