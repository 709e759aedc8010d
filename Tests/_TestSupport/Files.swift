package import Foundation

/// The folder of Package.swift.
package let packageRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

/// Reference data made by Scripts/goldens: the folder `Goldens` of the test target that asks.
package enum Goldens {
  package static func folder(_ fileID: String = #fileID) -> URL {
    packageRoot.appending(path: "Tests/\(fileID.prefix { $0 != "/" })/Goldens")
  }

  package static func url(_ name: String, _ fileID: String = #fileID) -> URL {
    folder(fileID).appending(path: name)
  }

  package static func json<Value: Decodable>(
    _ type: Value.Type, _ name: String, _ fileID: String = #fileID
  ) throws -> Value {
    try JSONDecoder().decode(type, from: Data(contentsOf: url(name, fileID)))
  }
}

/// Real scans, which are not part of the package.
package enum RealScans {
  /// The folder in NORMA_SHARED_DATA, else `../shared/data` beside the package; nil if neither exists.
  package static let folder: URL? = {
    let named = ProcessInfo.processInfo.environment["NORMA_SHARED_DATA"].map { URL(filePath: $0) }
    return [named, packageRoot.appending(path: "../shared/data")].compactMap { $0?.standardizedFileURL }
      .first { FileManager.default.fileExists(atPath: $0.path) }
  }()
}
