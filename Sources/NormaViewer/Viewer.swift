import FlyingFox
public import Foundation
public import Norma
import Volumes

/// A local web page that shows the results of a segmentation and saves a rater's reviews beside them.
public struct Viewer: Sendable {
  let results: ResultFolder
  let rater: String
  let review: ReviewFolder
  private let curve: [Calibration.Point]
  private let calibratedOn: String?
  private let references: [String: URL]
  private let assets: Assets
  private let server: LoopbackServer
  private let gatekeeper: Gatekeeper

  /// Reads the results in `folder` and binds `port`, 0 for any that is free. The rates of voxels come from
  /// `bundle` if it is given, else from the results. `references` are reference masks by case. `niivue` is the NiiVue
  /// module.
  ///
  /// - Throws: A ``Problem``.
  public init(
    folder: URL, rater: String, bundle: ModelBundle? = nil, references: [String: URL] = [:], niivue: URL,
    port: UInt16 = 0
  ) throws {
    results = try ResultFolder(contentsOf: folder)
    curve = results.healthyCurve(of: bundle)
    calibratedOn = results.calibratedOn(of: bundle)
    (self.rater, self.references) = (rater, references)
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
    case "/api/scores":
      let tables = results.cases.map(\.lesionTable)
      return try await Self.onBackgroundThread {
        try HTTPResponse(json: tables.map { RegionTable(contentsOf: $0).highestScore })
      }
    default:
      if let asset = assets[path] { return asset }
      let parts = path.split(separator: "/").map(String.init)
      guard parts.count == 4, parts[0] == "api", parts[1] == "cases", let index = Int(parts[2]),
        results.cases.indices.contains(index)
      else { throw HTTPRefusal(.notFound, "There is no such page.") }
      return try await part(parts[3], of: results.cases[index])
    }
  }

  /// Returns the details of a case, or a volume that the table names, encoded again. The file itself is never sent.
  private func part(_ kind: String, of row: ResultFolder.Case) async throws -> HTTPResponse {
    switch kind {
    case "details":
      return try HTTPResponse(json: CaseDetails(row, in: results, reference: references[row.id]))
    case "image": return try await volume(row.image, of: row)
    case "map": return try await volume(row.anomalyMap, of: row, keepsNaN: true)
    case "mask": return try await mask(row.mask, of: row)
    case "brain": return try await mask(row.brainMask, of: row)
    default: return try await other(kind, of: row)
    }
  }

  /// Returns another image of the case on the grid of its scan, so that both show the same slices.
  private func other(_ kind: String, of row: ResultFolder.Case) async throws -> HTTPResponse {
    let others = OtherImage.all(of: row, in: results, reference: references[row.id])
    guard kind.hasPrefix("other-"), let number = Int(kind.dropFirst("other-".count)),
      others.indices.contains(number)
    else { throw HTTPRefusal(.notFound, "A case has no such volume.") }
    let image = others[number], map = try Self.require(row.anomalyMap, of: row)
    return try await Self.onBackgroundThread {
      let grid = try VolumeReader.readGeometry(map)
      return image.isMask
        ? try Self.response(image.mask(on: grid)) : try Self.response(image.volume(on: grid))
    }
  }

  private func volume(
    _ file: URL?, of row: ResultFolder.Case, keepsNaN: Bool = false
  ) async throws -> HTTPResponse {
    let file = try Self.require(file, of: row)
    return try await Self.onBackgroundThread {
      let volume = try VolumeReader.read(file)
      // NaN in a map is brain that was not scored, which the page shows.
      return try Self.response(volume.map { $0.isFinite || keepsNaN && $0.isNaN ? $0 : 0 })
    }
  }

  private func mask(_ file: URL?, of row: ResultFolder.Case) async throws -> HTTPResponse {
    let file = try Self.require(file, of: row)
    return try await Self.onBackgroundThread { try Self.response(VolumeReader.readMask(file)) }
  }

  static func require(_ file: URL?, of row: ResultFolder.Case) throws -> URL {
    guard let file else {
      throw Problem(
        .missingInput, "the table names no such file of the case", at: row.id,
        advice: row.message.isEmpty ? "segment the case again" : row.message)
    }
    return file
  }

  /// Encodes a volume as NIfTI-1 with Norma's affine alone; the header of its file is dropped.
  private static func response(_ volume: Grid<some NIfTIVoxel>) throws -> HTTPResponse {
    var volume = volume
    volume.header = nil
    return HTTPResponse(type: "application/octet-stream", body: try NIfTI.data(of: volume))
  }

  /// Runs blocking work on another thread, so that other requests are answered meanwhile.
  static func onBackgroundThread<Value: Sendable>(
    _ work: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(with: Result(catching: work)) }
    }
  }

  private static func response(_ problem: Problem) -> HTTPResponse {
    let status: HTTPStatusCode = problem.kind == .missingInput ? .notFound : .internalServerError
    let lines = ["what": problem.what, "where": problem.location, "advice": problem.advice]
    return (try? HTTPResponse(status, json: lines))
      ?? HTTPResponse(.internalServerError, text: problem.description)
  }
}
