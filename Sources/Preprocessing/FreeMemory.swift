import Base
import StrictSettings
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
    number(after: "MemAvailable:", in: processes.appendingPathComponent("meminfo")).map { $0 * 1024 }
  }

  private var allowed: Int? {
    func first(_ file: String) -> Int? {
      lines(of: group.appendingPathComponent(file)).first.flatMap { Int($0) }
    }
    guard let limit = first("memory.max"), let taken = first("memory.current") else { return nil }
    // What is kept of files counts as taken, and makes room.
    let statistics = group.appendingPathComponent("memory.stat")
    let active = number(after: "active_file", in: statistics) ?? 0
    let inactive = number(after: "inactive_file", in: statistics) ?? 0
    return max(0, limit - taken + active + inactive)
  }

  private var addressable: Int? {
    let limits = lines(of: processes.appendingPathComponent("self/limits"))
    let row = limits.first { $0.hasPrefix("Max address space") }?.split(separator: " ") ?? []
    let size = number(after: "VmSize:", in: processes.appendingPathComponent("self/status"))
    guard row.count > 3, let limit = Int(row[3]), let size else { return nil }
    return max(0, limit - size * 1024)
  }

  /// The second word of the line that begins with the first.
  private func number(after name: String, in file: URL) -> Int? {
    for line in lines(of: file) {
      let words = line.split(whereSeparator: \.isWhitespace)
      if words.count > 1, words[0] == name { return Int(words[1]) }
    }
    return nil
  }

  private func lines(of file: URL) -> [Substring] {
    (try? String(contentsOf: file, encoding: .utf8))?.split(separator: "\n") ?? []
  }
}
