import ArgumentParser
import Foundation
import Norma
import Tensors

struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check devices, installed files and bundles on this machine.")

  func run() throws {
    Console.print("norma \(NormaVersion.current), libtorch \(Engine.version), \(Engine.threads) threads")
    for device in [Device.cpu, .cuda(0), .mps] {
      Console.print("device \(device): \(device.isAvailable ? "available" : "not available")")
    }
    let files = InstalledFiles.preprocessing
    let installed = [("template", files.template), ("weights of the brain extraction", files.brainWeights)]
    for (name, file) in installed {
      let isThere = FileManager.default.fileExists(atPath: file.path)
      Console.print("\(name): \(isThere ? file.path : "missing; run Scripts/bootstrap")")
    }
    for name in ModelBundle.shippedNames {
      do {
        try ModelBundle(named: name).verify()
        Console.print("bundle \(name): ok")
      } catch {
        Console.print("bundle \(name): \(Problem(error))")
      }
    }
  }
}
