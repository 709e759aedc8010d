import Base
import Foundation
import Volumes

/// The memory that this process can still allocate, as reported by Linux; unknown on other systems.
struct FreeMemory {
  var processes = URL(fileURLWithPath: "/proc")
  var group = URL(fileURLWithPath: "/sys/fs/cgroup")

  /// The free bytes: the smallest of those of the machine, the control group and the address space limit.
  var bytes: Int? {
    [free, allowed, addressable].compactMap { $0 }.min()
  }

  /// Throws a ``Problem`` if the preprocessing of an image on this grid would not fit.
  func require(for geometry: Geometry, name: String) throws {
    let needed = geometry.shape.reduce(Self.bytesPerVoxel, *)
    guard let bytes, needed > bytes else { return }
    func gigabytes(_ bytes: Int) -> String { (Double(bytes) / 1e9).formatted(fraction: 1) }
    throw Problem(
      .outOfMemory, "the scan needs about \(gigabytes(needed)) GB of memory; \(gigabytes(bytes)) GB are free",
      at: name,
      advice: "free memory, raise the limit (ulimit -v, the job's --mem), or resample to larger voxels"
    )
  }

  /// The peak memory of preprocessing and scoring with `flair-strict`, rounded up.
  private static let bytesPerVoxel = 60

  private var free: Int? {
    number(after: "MemAvailable:", in: processes.appendingPathComponent("meminfo")).map { $0 * 1024 }
  }

  private var allowed: Int? {
    func first(_ file: String) -> Int? {
      lines(of: group.appendingPathComponent(file)).first.flatMap { Int($0) }
    }
    guard let limit = first("memory.max"), let used = first("memory.current") else { return nil }
    // The file cache counts as used but can be reclaimed.
    let statistics = group.appendingPathComponent("memory.stat")
    let active = number(after: "active_file", in: statistics) ?? 0
    let inactive = number(after: "inactive_file", in: statistics) ?? 0
    return max(0, limit - used + active + inactive)
  }

  private var addressable: Int? {
    let limits = lines(of: processes.appendingPathComponent("self/limits"))
    let row = limits.first { $0.hasPrefix("Max address space") }?.split(separator: " ") ?? []
    let size = number(after: "VmSize:", in: processes.appendingPathComponent("self/status"))
    guard row.count > 3, let limit = Int(row[3]), let size else { return nil }
    return max(0, limit - size * 1024)
  }

  /// Returns the number that follows a name at the start of a line.
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
