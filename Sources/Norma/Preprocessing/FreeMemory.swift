import Foundation
import Volumes

/// What this process may still take of memory, by the system's own account (Linux; elsewhere it is not known).
struct FreeMemory {
  var processes = URL(fileURLWithPath: "/proc")
  var group = URL(fileURLWithPath: "/sys/fs/cgroup")

  /// Bytes: the least of what the machine has, what the control group allows and what the limit of address space leaves.
  var bytes: Int? {
    [free, allowed, addressable].compactMap { $0 }.min()
  }

  /// Throws a ``Problem`` where an image of these voxels would not fit.
  func require(for geometry: Geometry, name: String) throws {
    let needed = geometry.shape.reduce(Self.bytesPerVoxel, *)
    guard let bytes, needed > bytes else { return }
    func gigabytes(_ bytes: Int) -> String { (Double(bytes) / 1e9).formatted(fraction: 1) }
    throw Problem(
      .outOfMemory, "the scan takes about \(gigabytes(needed)) GB of memory, \(gigabytes(bytes)) GB are free",
      at: name,
      advice: "free memory, raise the limit (ulimit -v, the job's --mem), or give the scan with larger voxels"
    )
  }

  /// Of a brain with bias correction, place and map: the peak of `flair-strict` above an empty process, rounded up.
  private static let bytesPerVoxel = 60

  private var free: Int? {
    kilobytes("MemAvailable:", in: processes.appendingPathComponent("meminfo"))
  }

  private var allowed: Int? {
    func number(_ file: String) -> Int? {
      words(of: group.appendingPathComponent(file)).first.flatMap { Int($0) }
    }
    guard let limit = number("memory.max"), let taken = number("memory.current") else { return nil }
    return max(0, limit - taken)
  }

  private var addressable: Int? {
    let limits = lines(of: processes.appendingPathComponent("self/limits"))
    let row = limits.first { $0.hasPrefix("Max address space") }?.split(separator: " ") ?? []
    guard row.count > 3, let limit = Int(row[3]),
      let taken = kilobytes("VmSize:", in: processes.appendingPathComponent("self/status"))
    else { return nil }
    return max(0, limit - taken)
  }

  private func kilobytes(_ name: String, in file: URL) -> Int? {
    lines(of: file).first { $0.hasPrefix(name) }?.split(whereSeparator: \.isWhitespace).dropFirst().first
      .flatMap { Int($0) }.map { $0 * 1024 }
  }

  private func lines(of file: URL) -> [Substring] {
    (try? String(contentsOf: file, encoding: .utf8))?.split(separator: "\n") ?? []
  }

  private func words(of file: URL) -> [Substring] { lines(of: file).first?.split(separator: " ") ?? [] }
}
