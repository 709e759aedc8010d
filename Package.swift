// swift-tools-version: 6.1
import Foundation
import PackageDescription

// The engine (libtorch) is unpacked into .deps/ by Scripts/bootstrap. In this checkout its headers are
// found by a relative search path and only executables and tests carry the link flags. A package that
// depends on Norma finds the engine through pkg-config; for it the library targets have no unsafe flags.
let root = Context.packageDirectory
let engine = "\(root)/.deps/torch"
let hasEngine = FileManager.default.fileExists(atPath: "\(engine)/include")

let engineSearch: [LinkerSetting] =
  hasEngine ? [.unsafeFlags(["-L\(engine)/lib", "-Xlinker", "-rpath", "-Xlinker", "\(engine)/lib"])] : []
let engineLinking: [LinkerSetting] =
  engineSearch + (hasEngine ? [.linkedLibrary("torch_cpu"), .linkedLibrary("c10")] : [])

// Loading libtorch takes a quarter of a second. The command loads it when it first needs it (Decision 0001), so a
// release build for Linux does not name it; debug builds and tests do, and their linker checks every symbol.
let commandLinking: [LinkerSetting] =
  engineSearch
  + (hasEngine
    ? [
      .linkedLibrary("torch_cpu", .when(configuration: .debug)),
      .linkedLibrary("torch_cpu", .when(platforms: [.macOS], configuration: .release)),
      .unsafeFlags(
        [
          "-use-ld=lld", "-Xlinker", "--unresolved-symbols=ignore-in-object-files", "-Xlinker", "-z",
          "-Xlinker", "lazy",
        ],
        .when(platforms: [.linux], configuration: .release)),
      .linkedLibrary("c10"),
    ] : [])

// ITK comes from the system by links that Scripts/bootstrap makes; that of the headers ends in the version: ITK-5.2.
// Where the linker would not look (Homebrew) there is a link to the libraries too.
let itk = "\(root)/.deps/itk"
let itkFolder = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(itk)/include")
let itkVersion = itkFolder?.split(separator: "-").last

// ITK is templates, useless without optimisation even where the rest is being debugged.
let itkOptimisation: [CXXSetting] =
  itkVersion == nil ? [] : [.unsafeFlags(["-O3", "-DNDEBUG", "-Wno-deprecated-declarations"])]
let itkLinking: [LinkerSetting] =
  itkVersion.map { version in
    [
      "ITKCommon", "ITKTransform", "ITKOptimizersv4", "ITKRegistrationMethodsv4", "ITKSmoothing",
      "ITKSpatialObjects", "ITKStatistics", "itkvnl_algo", "itkvnl", "itksys",
    ].map { .linkedLibrary("\($0)-\(version)") } + [.linkedLibrary("m")]
  } ?? []
let itkSearch: [LinkerSetting] =
  FileManager.default.fileExists(atPath: "\(itk)/lib") ? [.unsafeFlags(["-L\(itk)/lib"])] : []

let swiftSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

// Loops over voxels take twenty times as long without optimisation, and so would the tests of a checkout.
let voxelSettings: [SwiftSetting] =
  swiftSettings + (hasEngine ? [.unsafeFlags(["-O"], .when(configuration: .debug))] : [])

let flyingFox = ["FlyingFox", "FlyingSocks"].map { Target.Dependency.product(name: $0, package: "FlyingFox") }

func tests(_ name: String, _ dependencies: [Target.Dependency], goldens: Bool = false) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: dependencies + ["_TestSupport"], exclude: goldens ? ["Goldens"] : [],
    swiftSettings: swiftSettings, linkerSettings: engineLinking)
}

// Every method's folder has a page about it.
let methodPages = FileManager.default.enumerator(atPath: "\(root)/Sources/Methods")?
  .compactMap { $0 as? String }.filter { $0.hasSuffix(".md") }

let package = Package(
  name: "norma",
  platforms: [.macOS(.v14)],
  products: [
    .library(name: "Norma", targets: ["Norma", "Methods", "Tensors", "Volumes"]),
    .library(name: "NormaReports", targets: ["NormaReports"]),
    .library(name: "NormaTracking", targets: ["NormaTracking"]),
    .library(name: "NormaViewer", targets: ["NormaViewer"]),
    .executable(name: "norma", targets: ["NormaCommand"]),
  ],
  traits: [.trait(name: "Distributed", description: "Training by several processes, through MPI.")],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/swhitty/FlyingFox", .upToNextMinor(from: "0.27.1")),
  ],
  targets: [
    .target(name: "CSupport"),
    .target(
      name: "CTorch",
      dependencies: hasEngine ? ["CSupport"] : ["CSupport", "CTorchLibrary"],
      cxxSettings: [
        .headerSearchPath("../../.deps/torch/include"),
        .headerSearchPath("../../.deps/torch/include/torch/csrc/api/include"),
        .define("NDEBUG", .when(configuration: .release)),
      ]),
    .systemLibrary(name: "CTorchLibrary", pkgConfig: hasEngine ? nil : "norma-torch"),
    .target(
      name: "CITK",
      dependencies: itkVersion == nil ? ["CSupport", "CITKLibrary"] : ["CSupport"],
      cxxSettings: [.headerSearchPath("../../.deps/itk/include")] + itkOptimisation,
      linkerSettings: itkSearch + itkLinking),
    .systemLibrary(name: "CITKLibrary", pkgConfig: itkVersion == nil ? "norma-itk" : nil),
    .systemLibrary(
      name: "CPNGLibrary", pkgConfig: "libpng",
      providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
    .systemLibrary(
      name: "CMPI", pkgConfig: "ompi-c",
      providers: [.apt(["libopenmpi-dev", "openmpi-bin"]), .brew(["open-mpi"])]),
    .target(name: "CImageIO", dependencies: ["CPNGLibrary"], linkerSettings: [.linkedLibrary("z")]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    // The floors of the house, from the ground up (Documentation/Decisions/0022-floors.md).
    .target(
      name: "Base", dependencies: [.target(name: "COpenSSL", condition: .when(platforms: [.linux]))],
      swiftSettings: swiftSettings),
    .target(
      name: "StrictSettings", dependencies: ["Base", .product(name: "Yams", package: "Yams")],
      swiftSettings: swiftSettings),
    .target(name: "Tensors", dependencies: ["CTorch", "Base"], swiftSettings: swiftSettings),
    .target(name: "Volumes", dependencies: ["CImageIO", "Base"], swiftSettings: voxelSettings),
    .target(
      name: "Methods", dependencies: ["Base", "StrictSettings", "Tensors"], exclude: methodPages ?? [],
      swiftSettings: swiftSettings),
    .target(
      name: "Cohort", dependencies: ["Base", "StrictSettings", "Volumes"], swiftSettings: voxelSettings),
    .target(
      name: "Preprocessing",
      dependencies: ["CITK", "Base", "StrictSettings", "Tensors", "Volumes", "Cohort"],
      swiftSettings: voxelSettings),
    .target(
      name: "Norma",
      dependencies: ["Base", "StrictSettings", "Tensors", "Volumes", "Methods", "Cohort", "Preprocessing"],
      resources: [.copy("Resources/bundles"), .copy("Resources/lobes.nii.gz")],
      swiftSettings: voxelSettings),
    .target(name: "NormaReports", dependencies: ["Norma", "Volumes"], swiftSettings: swiftSettings),
    .target(
      name: "NormaTracking",
      dependencies: ["Norma", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: swiftSettings),
    .target(
      name: "NormaViewer",
      dependencies: ["Norma", "Volumes"] + flyingFox,
      resources: [.copy("Assets")],
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "NormaCommand",
      dependencies: [
        "Norma", "NormaReports", "NormaTracking", "NormaViewer",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .target(name: "CMPI", condition: .when(traits: ["Distributed"])),
      ],
      swiftSettings: swiftSettings, linkerSettings: commandLinking),
    .executableTarget(
      name: "CustomMethod", dependencies: ["Norma", "Tensors", "Volumes"], path: "Examples/CustomMethod",
      swiftSettings: swiftSettings, linkerSettings: engineLinking),
    .target(
      name: "_TestSupport", dependencies: ["Base"], path: "Tests/_TestSupport", swiftSettings: swiftSettings),
    tests("Base", ["Base"]),
    tests("Tensors", ["Tensors", "Base"], goldens: true),
    tests("Volumes", ["Volumes"], goldens: true),
    tests(
      "Norma",
      ["Norma", "Base", "StrictSettings", "Tensors", "Volumes", "Methods", "Cohort", "Preprocessing"],
      goldens: true),
    tests("NormaReports", ["NormaReports", "Norma", "Volumes"]),
    tests("NormaTracking", ["NormaTracking", "Norma"]),
    tests("NormaViewer", ["NormaViewer", "Norma", "Volumes"] + flyingFox),
    tests("Command", ["NormaCommand", "Norma", "Tensors", "Volumes"], goldens: true),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
