import FlyingFox
public import Foundation
public import Norma
import Volumes

/// A local web page that shows the results of a segmentation and saves a rater's reviews beside them.
public struct Viewer: Sendable {
  private let results: ResultFolder
  private let curve: [Calibration.Point]
  private let calibratedOn: String?
  private let rater: String
  private let review: ReviewFolder
  private let assets: Assets
  private let server: LoopbackServer
  private let gatekeeper: Gatekeeper

  /// Reads the results in `folder` and binds `port`, 0 for any that is free. The rates of voxels come from
  /// `bundle` if it is given, else from the results. `niivue` is the NiiVue module.
  ///
  /// - Throws: A ``Problem``.
  public init(folder: URL, rater: String, bundle: ModelBundle? = nil, niivue: URL, port: UInt16 = 0) throws {
    results = try ResultFolder(contentsOf: folder)
    curve = results.healthyCurve(of: bundle)
    calibratedOn = results.calibratedOn(of: bundle)
    self.rater = rater
    review = try ReviewFolder(of: results.folder, rater: rater)
    assets = try Assets(niivue: niivue)
    server = try LoopbackServer(port: port)
    gatekeeper = Gatekeeper(port: server.port)
  }

  /// The URL of the page, with the token that admits the user.
  public var address: String { gatekeeper.address }
  /// The number of cases.
  public var caseCount: Int { results.cases.count }
  /// The table in which reviews are saved.
  public var reviewFile: URL { review.reviews }

  /// Serves the page until the task is cancelled.
  ///
  /// - Throws: `CancellationError`, or the error of the socket.
  public func run() async throws {
    try await server.run { request in await answer(request) }
  }

  private func answer(_ request: HTTPRequest) async -> HTTPResponse {
    do {
      try gatekeeper.admit(request)
      switch request.method {
      case .GET: return try await handleGet(request.target.path())
      case .POST: return try await handlePost(request)
      default: throw HTTPRefusal(.methodNotAllowed, "Only GET and POST are supported.")
      }
    } catch let refusal as HTTPRefusal {
      return refusal.response
    } catch {
      return Self.response(Problem(error))
    }
  }

  private func handleGet(_ path: String) async throws -> HTTPResponse {
    switch path {
    case "/":
      guard var page = assets[path] else { throw HTTPRefusal(.notFound, "There is no page.") }
      page.headers[.setCookie] = gatekeeper.cookie
      return page
    case "/api/cohort":
      return try HTTPResponse(
        json: CohortAnswer(
          results, curve: curve, calibratedOn: calibratedOn, review: review, rater: rater))
    case "/api/review": return try HTTPResponse(json: review.read())
    default:
      if let asset = assets[path] { return asset }
      let parts = path.split(separator: "/").map(String.init)
      guard parts.count == 4, parts[0] == "api", parts[1] == "cases", let index = Int(parts[2]),
        results.cases.indices.contains(index)
      else { throw HTTPRefusal(.notFound, "There is no such page.") }
      return try await volume(parts[3], of: results.cases[index])
    }
  }

  /// Reads a volume that the table names and encodes it again. The file itself is never sent.
  private func volume(_ kind: String, of row: ResultFolder.Case) async throws -> HTTPResponse {
    let file: URL?
    switch kind {
    case "image": file = row.image
    case "map": file = row.anomalyMap
    case "mask": file = row.mask
    case "brain": file = row.brainMask
    default: throw HTTPRefusal(.notFound, "A case has no such volume.")
    }
    guard let file else {
      throw Problem(
        .missingInput, "the table names no such file of the case", at: row.id,
        advice: row.message.isEmpty ? "segment the case again" : row.message)
    }
    return try await Self.onBackgroundThread {
      let isMask = kind == "mask" || kind == "brain"
      guard !isMask else { return try Self.response(VolumeReader.readMask(file)) }
      let volume = try VolumeReader.read(file)
      // NaN in a map is brain that was not scored, which the page shows.
      return try Self.response(volume.map { $0.isFinite || kind == "map" && $0.isNaN ? $0 : 0 })
    }
  }

  /// Encodes a volume as NIfTI-1 with Norma's affine alone; the header of its file is dropped.
  private static func response(_ volume: Grid<some NIfTIVoxel>) throws -> HTTPResponse {
    var volume = volume
    volume.header = nil
    return HTTPResponse(type: "application/octet-stream", body: try NIfTI.data(of: volume))
  }

  /// Runs blocking work on another thread, so that other requests are answered meanwhile.
  private static func onBackgroundThread(
    _ work: @escaping @Sendable () throws -> HTTPResponse
  ) async throws -> HTTPResponse {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(with: Result(catching: work)) }
    }
  }

  /// A change of a review. A field that is missing does not change; an empty decision removes it.
  private struct ReviewChange: Decodable {
    let index: Int
    let decision: String?
    let note: String?
  }

  /// A corrected threshold of one case, or without an index of all others. Without a threshold it is removed.
  private struct ThresholdChange: Decodable {
    let index: Int?
    let threshold: Double?
  }

  private func handlePost(_ request: HTTPRequest) async throws -> HTTPResponse {
    guard request.headers[.contentType] == "application/json" else {
      throw HTTPRefusal(.badRequest, "Send JSON.")
    }
    switch request.target.path() {
    case "/api/review":
      let change = try Self.decode(ReviewChange.self, from: await request.bodyData)
      let id = try caseID(change.index), decision = change.decision.flatMap(Review.Decision.init)
      guard change.decision.map({ $0.isEmpty || decision != nil }) != false,
        (change.note ?? "").count <= Review.maximumNoteLength
      else {
        throw HTTPRefusal(
          .badRequest, "The decision is unknown, or the note exceeds \(Review.maximumNoteLength) characters.")
      }
      return try HTTPResponse(
        json: review.change { contents in
          var review = contents.reviews[id] ?? Review()
          if change.decision != nil { review.decision = decision }
          if let note = change.note { review.note = note }
          review.changed = Date.now.formatted(.iso8601)
          contents.reviews[id] = review.decision == nil && review.note.isEmpty ? nil : review
        })
    case "/api/threshold":
      let change = try Self.decode(ThresholdChange.self, from: await request.bodyData)
      guard change.threshold.map({ $0 >= 0 && $0.isFinite }) != false else {
        throw HTTPRefusal(.badRequest, "A threshold must be 0 or more.")
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
    default: throw HTTPRefusal(.notFound, "Nothing can be saved there.")
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
      throw HTTPRefusal(.badRequest, "The body does not have the expected fields.")
    }
  }

  private static func response(_ problem: Problem) -> HTTPResponse {
    let status: HTTPStatusCode = problem.kind == .missingInput ? .notFound : .internalServerError
    let lines = ["what": problem.what, "where": problem.location, "advice": problem.advice]
    return (try? HTTPResponse(status, json: lines))
      ?? HTTPResponse(.internalServerError, text: problem.description)
  }
}
