import ArgumentParser
import Foundation
import Norma
import Tensors

struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what works on this machine and what is missing.")

  func run() throws {
    print("norma \(NormaVersion.current), libtorch \(Engine.version), \(Engine.threads) threads")
    for device in [Device.cpu, .cuda(0), .mps] {
      print("device \(device): \(device.isAvailable ? "available" : "not available")")
    }
    let files = InstalledFiles.preprocessing
    for (name, file) in [("template", files.template), ("brain extraction's weights", files.brainWeights)] {
      let isThere = FileManager.default.fileExists(atPath: file.path)
      print("\(name): \(isThere ? file.path : "missing; run Scripts/bootstrap")")
    }
    for name in ModelBundle.shippedNames {
      do {
        try ModelBundle(named: name).verify()
        print("bundle \(name): ok")
      } catch {
        print("bundle \(name): \(Problem(error))")
      }
    }
  }
}
