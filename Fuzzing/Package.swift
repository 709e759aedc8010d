// swift-tools-version: 6.1
import PackageDescription

let engine = "\(Context.packageDirectory)/../.deps/torch/lib"

// Built by Scripts/checks/fuzz, whose options bring libFuzzer and AddressSanitizer.
let package = Package(
  name: "norma-fuzzing",
  platforms: [.macOS(.v14)],
  dependencies: [
    .package(name: "norma", path: ".."),
    .package(url: "https://github.com/swhitty/FlyingFox", .upToNextMinor(from: "0.27.1")),
  ],
  targets: [
    .executableTarget(
      name: "Fuzz",
      dependencies: ["Norma", "NormaTracking", "NormaViewer"].map { .product(name: $0, package: "norma") }
        + [.product(name: "FlyingFox", package: "FlyingFox")],
      linkerSettings: [
        .unsafeFlags(["-L\(engine)", "-Xlinker", "-rpath", "-Xlinker", engine]),
        .linkedLibrary("torch_cpu"), .linkedLibrary("c10"),
      ])
  ],
  swiftLanguageModes: [.v6]
)
