import ArgumentParser
import Foundation
import Norma
import Tensors

struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check this machine, the installed files and the bundles.")

  /// What `norma segment` needs for a scan of usual size, in GB.
  private static let neededMemory = 4.0, neededDisk = 1.0

  func run() throws {
    Console.print("norma \(NormaVersion.current), libtorch \(Engine.version)")
    let problems = machine() + files() + bundles()
    for device in [Device.cuda(0), .mps] where device.isAvailable {
      Console.print("device \(device): available; use it with --device \(device)")
    }
    Console.print("device cpu: available, \(Engine.threads) threads")
    guard !problems.isEmpty else { return Console.print("verdict: norma is ready to segment scans") }
    Console.print("verdict: norma is not ready: \(problems.joined(separator: "; "))")
    throw ExitCode(Problem.Kind.missingInput.rawValue)
  }

  /// Prints cores, memory and disk, and returns what is too small.
  private func machine() -> [String] {
    let memory = Double(ProcessInfo.processInfo.physicalMemory) / 1e9
    let folder = FileManager.default.currentDirectoryPath
    let free = try? FileManager.default.attributesOfFileSystem(forPath: folder)[.systemFreeSize] as? NSNumber
    let disk = free.map { $0.doubleValue / 1e9 }
    Console.print("cores: \(ProcessInfo.processInfo.activeProcessorCount)")
    Console.print("memory: \(Self.gigabytes(memory))")
    Console.print("disk: \(disk.map(Self.gigabytes) ?? "unknown space") free in \(folder)")
    var problems = [String]()
    if memory < Self.neededMemory {
      problems.append("less than \(Self.gigabytes(Self.neededMemory)) of memory")
    }
    if let disk, disk < Self.neededDisk {
      problems.append("less than \(Self.gigabytes(Self.neededDisk)) free on disk")
    }
    return problems
  }

  private func files() -> [String] {
    let files = InstalledFiles.preprocessing
    let all = [
      ("template", files.template), ("weights of the brain extraction", files.brainWeights),
      ("viewer", InstalledFiles.niivue),
    ]
    return all.compactMap { name, file in
      let isThere = FileManager.default.fileExists(atPath: file.path)
      Console.print("\(name): \(isThere ? file.path : "missing")")
      return isThere ? nil : "the \(name) is missing (run Scripts/bootstrap)"
    }
  }

  private func bundles() -> [String] {
    ModelBundle.shippedNames.compactMap { name in
      do {
        try ModelBundle(named: name).verify()
        Console.print("bundle \(name): ok")
        return nil
      } catch {
        Console.print("bundle \(name): \(Problem(error))")
        return "bundle \(name) is damaged"
      }
    }
  }

  private static func gigabytes(_ size: Double) -> String { "\(size.formatted(fraction: 1)) GB" }
}
