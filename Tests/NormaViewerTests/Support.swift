import FlyingSocks
import Foundation
import Testing
import Volumes

@testable import Base
@testable import Norma
import NormaViewer

/// Results of two cases and a failed one, as `norma segment` leaves them, with file names that need care.
struct Results {
  static let ids = ["sub-01", "<script>alert('\"&\") Ödem 病"]
  let root: URL
  var folder: URL { root.appendingPathComponent("out put") }
  var review: URL { folder.appendingPathComponent("review") }

  init() throws {
    root = FileManager.default.temporaryDirectory.appendingPathComponent("norma-\(UUID().uuidString)")
    var table = Table(columns: CohortSegmentation.columns)
    for (number, id) in Self.ids.enumerated() {
      let image = scans.appendingPathComponent("\(number).nii.gz")
      let names = ["map \(number).nii.gz", "mask \(number).nii.gz", "brain \(number).nii.gz"]
      try FileManager.default.createDirectory(
        at: image.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try NIfTI.write(Self.volume { Float($0) }, to: image)
      try NIfTI.write(
        Self.volume { $0 == 5 ? 2 : $0 == 7 ? .nan : 0.5 }, to: folder.appendingPathComponent(names[0]))
      for name in names[1...] {
        try NIfTI.write(
          Self.volume { $0 == 5 ? 1 : 0 }.map { UInt8($0) }, to: folder.appendingPathComponent(name))
      }
      table.append(
        id, "ok", "n/a", "../scans 'of' <b> ü/\(number).nii.gz", names[0], names[1], "0.0080", "1", "1.00",
        names[2], id)
    }
    table.append("bad", "failed", "too dark", "n/a", "n/a", "n/a", "n/a", "n/a", "n/a", "n/a", "bad")
    try AtomicFile.write(table.text, to: folder.appendingPathComponent("cases.tsv"))
  }

  /// The folder of the scans.
  var scans: URL { root.appendingPathComponent("scans 'of' <b> ü") }

  /// Makes the cases sessions of one participant: `sub-01_ses-1` and so on, each one voxel further to the left of its
  /// place in the template than the one before.
  func makeSessions(_ count: Int) throws {
    var table = Table(columns: CohortSegmentation.columns)
    for number in 0..<count {
      let id = "sub-01_ses-\(number + 1)", image = "\(id)_FLAIR.nii.gz"
      try NIfTI.write(Self.volume { Float($0) }, to: scans.appendingPathComponent(image))
      let transform = folder.appendingPathComponent(CaseFiles(caseID: id).transform)
      try AtomicFile.makeFolder(transform.deletingLastPathComponent())
      try ITKTransformFile.write(Self.shift(2 * Double(number)), to: transform)
      table.append(
        id, "ok", "n/a", "../scans 'of' <b> ü/\(image)", "map 0.nii.gz", "mask 0.nii.gz", "0.0080", "1",
        "1.00",
        "brain 0.nii.gz", "sub-01")
    }
    try AtomicFile.write(table.text, to: folder.appendingPathComponent("cases.tsv"))
  }

  /// The map to so many mm further to the right.
  static func shift(_ right: Double) -> Affine {
    Affine(i: [1, 0, 0], j: [0, 1, 0], k: [0, 0, 1], origin: [right, 0, 0])
  }

  /// 3 x 2 x 2 voxels of 2 mm.
  static func volume(_ value: (Int) -> Float) -> Volume {
    let affine = Affine(i: [-2, 0, 0], j: [0, 2, 0], k: [0, 0, 2], origin: [4, -1, 3])
    let geometry = Geometry(shape: [3, 2, 2], affine: affine)
    return Volume(geometry: geometry, voxels: (0..<12).map(value))
  }

  func remove() { try? FileManager.default.removeItem(at: root) }

  /// The viewer of the folder, with an empty file in place of NiiVue.
  func viewer(rater: String = "anna", references: [String: URL] = [:], port: UInt16 = 0) throws -> Viewer {
    let niivue = root.appendingPathComponent("niivue.js")
    try Data("export const Niivue = 1;".utf8).write(to: niivue)
    return try Viewer(folder: folder, rater: rater, references: references, niivue: niivue, port: port)
  }
}

/// Runs a viewer while `body` asks it.
func serving(
  _ results: Results, rater: String = "anna", references: [String: URL] = [:],
  _ body: (Client) async throws -> Void
) async throws {
  let viewer = try results.viewer(rater: rater, references: references)
  let server = Task { try await viewer.run() }
  defer { server.cancel() }
  try await body(try #require(Client(address: viewer.address)))
}

/// A browser that has been let in, or one that pretends.
struct Client: Sendable {
  struct Answer: Sendable {
    let status: Int
    let head: String
    let body: Data
    var text: String { String(decoding: body, as: UTF8.self) }

    func json<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
      try JSONDecoder().decode(type, from: body)
    }
  }

  let port: UInt16
  let token: String
  var host: String { "127.0.0.1:\(port)" }
  var cookie: String { "norma-\(port)=\(token)" }

  init(port: UInt16, token: String = "") { (self.port, self.token) = (port, token) }

  init?(address: String) {
    guard let url = URLComponents(string: address), let port = url.port,
      let token = url.queryItems?.first(where: { $0.name == "token" })?.value
    else { return nil }
    self.init(port: UInt16(port), token: token)
  }

  /// Headers of the page's own requests, some replaced or, where nil, left out.
  func headers(_ changes: [String: String?] = [:]) -> [String: String] {
    let own: [String: String?] = ["Host": host, "Cookie": cookie, "Origin": "http://\(host)"]
    return own.merging(changes) { $1 }.compactMapValues { $0 }
  }

  func get(_ path: String, _ changes: [String: String?] = [:]) async throws -> Answer {
    try await ask("GET", path, headers(changes))
  }

  func post(_ path: String, _ body: String, _ changes: [String: String?] = [:]) async throws -> Answer {
    let type: [String: String?] = [
      "Content-Type": "application/json", "Content-Length": "\(body.utf8.count)",
    ]
    return try await ask("POST", path, headers(type.merging(changes) { $1 }), body)
  }

  func ask(_ method: String, _ path: String, _ headers: [String: String], _ body: String = "") async throws
    -> Answer
  {
    let lines = ["\(method) \(path) HTTP/1.1"] + headers.map { "\($0.key): \($0.value)" }
    return try await send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
  }

  /// Sends bytes as they are and reads the answer to its end.
  func send(_ text: String) async throws -> Answer {
    let socket = try await connect()
    defer { try? socket.close() }
    try await socket.write(Data(text.utf8))
    return try await Self.answer(on: socket)
  }

  func connect() async throws -> AsyncSocket {
    try await AsyncSocket.connected(to: .inet(ip4: "127.0.0.1", port: port), timeout: 30)
  }

  /// What comes until the server closes.
  static func bytes(on socket: AsyncSocket) async -> Data {
    var bytes = Data()
    while let more = try? await socket.read(atMost: 4096) { bytes += more }
    return bytes
  }

  static func answer(on socket: AsyncSocket) async throws -> Answer {
    let bytes = await bytes(on: socket)
    let end = try #require(bytes.range(of: Data("\r\n\r\n".utf8)))
    let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
    let status = try #require(Int(head.split(separator: " ")[1]))
    return Answer(status: status, head: head, body: Data(bytes[end.upperBound...]))
  }
}

/// What a viewer answers to a change.
struct Saved: Decodable {
  struct Review: Decodable, Equatable {
    var decision: String?
    var note: String
  }
  var reviews: [String: Review]
  var thresholds: [String: Double]
  var thresholdOfOthers: Double?
  var corrected: [String: String]
}

extension Table {
  /// Appends a row; the columns without a cell are "n/a".
  fileprivate mutating func append(_ cells: String...) {
    rows.append(cells + [String](repeating: "n/a", count: columns.count - cells.count))
  }
}
