import _TestSupport
import Foundation
import Testing

@testable import Preprocessing

@Suite struct FreeMemoryTests {
  /// The files of a system; nil if a file does not exist.
  struct System: CustomTestStringConvertible, Sendable {
    let testDescription: String
    var available: String? = "MemTotal:  24000 kB\nMemAvailable:   8000 kB\n"
    var limits: String? =
      "Limit  Soft Limit  Hard Limit  Units\nMax address space  unlimited  unlimited  bytes\n"
    var size: String? = "Name:\tnorma\nVmSize:\t    3000 kB\n"
    var groupLimit: String? = "max\n"
    var groupTaken: String? = "4096000\n"
    var groupStatistics: String?
    let bytes: Int?

    func memory(in folder: URL) throws -> FreeMemory {
      let memory = FreeMemory(processes: folder.appendingPathComponent("proc"), group: folder)
      try FileManager.default.createDirectory(
        at: memory.processes.appendingPathComponent("self"), withIntermediateDirectories: true)
      let files = [
        "proc/meminfo": available, "proc/self/limits": limits, "proc/self/status": size,
        "memory.max": groupLimit,
        "memory.current": groupTaken, "memory.stat": groupStatistics,
      ]
      for (file, text) in files {
        try text.map { try Data($0.utf8).write(to: folder.appendingPathComponent(file)) }
      }
      return memory
    }
  }

  static let systems = [
    System(testDescription: "no limit", bytes: 8000 * 1024),
    System(testDescription: "a limit of the control group", groupLimit: "5096000\n", bytes: 1_000_000),
    System(
      testDescription: "a group full of files", groupLimit: "4096000\n",
      groupStatistics: "anon 1096000\nfile 3000000\nactive_file 1000000\ninactive_file 2000000\n",
      bytes: 3_000_000),
    System(testDescription: "a group that is full", groupLimit: "4000000\n", bytes: 0),
    System(
      testDescription: "a limit of address space",
      limits: "Max address space  5120000  unlimited  bytes\n", bytes: 5_120_000 - 3000 * 1024),
    System(
      testDescription: "no files at all", available: nil, limits: nil, size: nil, groupLimit: nil,
      groupTaken: nil,
      bytes: nil),
    System(testDescription: "no control groups", groupLimit: nil, groupTaken: nil, bytes: 8000 * 1024),
  ]

  @Test(arguments: systems)
  func theLowestLimitCounts(system: System) throws {
    let bytes = try withTemporaryFolder { try system.memory(in: $0).bytes }
    #expect(bytes == system.bytes)
  }
}
