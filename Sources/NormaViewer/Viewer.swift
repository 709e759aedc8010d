public import Foundation
public import Norma
import Volumes

/// The results of a segmentation as a page on this machine, with reviews that are saved beside them.
public struct Viewer: Sendable {
  private let results: ResultFolder
  private let curve: [Calibration.Point]
  private let rater: String
  private let review: ReviewFolder
  private let assets: Assets
  private let server: LoopbackServer
  private let gatekeeper: Gatekeeper

  /// Of the results in `folder`, reviewed by `rater`; healthy rates are those of `bundle` where one is given, NiiVue is
  /// the file `niivue`, port 0 any that is free. Throws a ``Problem``.
  public init(folder: URL, rater: String, bundle: ModelBundle? = nil, niivue: URL, port: UInt16 = 0) throws {
    results = try ResultFolder(contentsOf: folder)
    curve = results.healthyCurve(of: bundle)
    self.rater = rater
    review = try ReviewFolder(of: results.folder, rater: rater)
    assets = try Assets(niivue: niivue)
    server = try LoopbackServer(port: port)
    gatekeeper = Gatekeeper(port: server.port)
  }

  /// Opens the page, with the token that lets in.
  public var address: String { gatekeeper.address }
  /// How many cases there are.
  public var caseCount: Int { results.cases.count }
  /// Where reviews are saved.
  public var reviewFile: URL { review.reviews }

  /// Shows the page until the task is cancelled.
  public func run() async throws {
    try await server.run { request in await answer(request) }
  }

  private func answer(_ request: HTTPRequest) async -> HTTPResponse {
    do {
      try gatekeeper.admit(request)
      switch request.method {
      case "GET": return try await read(request.path)
      case "POST": return try write(request)
      default: throw HTTPRefusal(.methodNotAllowed, "Only GET and POST are known.")
      }
    } catch let refusal as HTTPRefusal {
      return refusal.response
    } catch {
      return Self.response(Problem(error))
    }
  }

  private func read(_ path: String) async throws -> HTTPResponse {
    switch path {
    case "/":
      guard var page = assets[path] else { throw HTTPRefusal(.notFound, "There is no page.") }
      page.headers.append(("Set-Cookie", gatekeeper.cookie))
      return page
    case "/api/cohort":
      return try HTTPResponse(json: CohortAnswer(results, curve: curve, review: review, rater: rater))
    case "/api/review": return try HTTPResponse(json: review.read())
    default:
      if let asset = assets[path] { return asset }
      let parts = path.split(separator: "/").map(String.init)
      guard parts.count == 4, parts[0] == "api", parts[1] == "cases", let index = Int(parts[2]),
        results.cases.indices.contains(index)
      else { throw HTTPRefusal(.notFound, "There is no such page.") }
      return try await file(parts[3], of: results.cases[index])
    }
  }

  /// A file that the table names, read by Norma and sent as it understands it: never the file itself.
  private func file(_ kind: String, of row: ResultFolder.Case) async throws -> HTTPResponse {
    let place: URL?
    switch kind {
    case "image": place = row.image
    case "map": place = row.anomalyMap
    case "mask": place = row.mask
    case "brain": place = row.brainMask
    default: throw HTTPRefusal(.notFound, "There is no such file of a case.")
    }
    guard let place else {
      throw Problem(
        .missingInput, "the table names no such file of the case", at: row.id,
        advice: row.message.isEmpty ? "segment the case again" : row.message)
    }
    return try await Self.offMain {
      let isMask = kind == "mask" || kind == "brain"
      return isMask
        ? try Self.response(VolumeReader.readMask(place))
        : try Self.response(VolumeReader.read(place).map { $0.isFinite ? $0 : 0 })
    }
  }

  /// A volume that has one place in the world, Norma's, whatever else the header of its file said.
  private static func response(_ volume: Grid<some NIfTIVoxel>) throws -> HTTPResponse {
    var volume = volume
    volume.header = nil
    return HTTPResponse(type: "application/octet-stream", body: try NIfTI.data(of: volume))
  }

  /// Waits for work that takes a while without keeping others from being answered.
  private static func offMain(
    _ work: @escaping @Sendable () throws -> HTTPResponse
  ) async throws -> HTTPResponse {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(with: Result(catching: work)) }
    }
  }

  /// A change of a review: `note` and `decision` each only where they change, an empty decision takes it back.
  private struct ReviewChange: Decodable {
    let index: Int
    let decision: String?
    let note: String?
  }

  /// A corrected threshold, of all other cases without an index; none takes it back.
  private struct ThresholdChange: Decodable {
    let index: Int?
    let threshold: Double?
  }

  private func write(_ request: HTTPRequest) throws -> HTTPResponse {
    guard request.headers["content-type"] == "application/json" else {
      throw HTTPRefusal(.badRequest, "Send JSON.")
    }
    switch request.path {
    case "/api/review":
      let change = try Self.decode(ReviewChange.self, from: request.body)
      let id = try caseID(change.index), decision = change.decision.flatMap(Review.Decision.init)
      guard change.decision.map({ $0.isEmpty || decision != nil }) != false,
        (change.note ?? "").count <= Review.longestNote
      else { throw HTTPRefusal(.badRequest, "A note has up to \(Review.longestNote) characters.") }
      return try HTTPResponse(
        json: review.change { contents in
          var review = contents.reviews[id] ?? Review()
          if change.decision != nil { review.decision = decision }
          if let note = change.note { review.note = note }
          review.changed = Date.now.formatted(.iso8601)
          contents.reviews[id] = review.decision == nil && review.note.isEmpty ? nil : review
        })
    case "/api/threshold":
      let change = try Self.decode(ThresholdChange.self, from: request.body)
      guard change.threshold.map({ $0 >= 0 && $0.isFinite }) != false else {
        throw HTTPRefusal(.badRequest, "A threshold is 0 or more.")
      }
      let id = try change.index.map(caseID)
      return try HTTPResponse(
        json: review.change { contents in
          if let id {
            contents.thresholds[id] = change.threshold
          } else {
            contents.thresholdOfOthers = change.threshold
          }
        })
    default: throw HTTPRefusal(.notFound, "Nothing is saved there.")
    }
  }

  private func caseID(_ index: Int) throws -> String {
    guard results.cases.indices.contains(index) else {
      throw HTTPRefusal(.badRequest, "There is no such case.")
    }
    return results.cases[index].id
  }

  private static func decode<Value: Decodable>(_ type: Value.Type, from body: Data) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: body)
    } catch {
      throw HTTPRefusal(.badRequest, "The body is not what is saved here.")
    }
  }

  private static func response(_ problem: Problem) -> HTTPResponse {
    let status: HTTPResponse.Status = problem.kind == .missingInput ? .notFound : .failed
    let lines = ["what": problem.what, "where": problem.location, "advice": problem.advice]
    return (try? HTTPResponse(status, json: lines)) ?? HTTPResponse(.failed, text: problem.description)
  }
}
