import FlyingFox
import Foundation
import Norma
import Volumes

extension Viewer {
  /// A change of a review. A field that is missing does not change; an empty decision removes it.
  private struct ReviewChange: Decodable {
    let index: Int
    let decision: String?
    let note: String?
  }

  /// A change of the judgement of a region, as that of a review, at the threshold at which the region is shown. A
  /// region that grows is added or, with an empty decision, removed.
  private struct RegionChange: Decodable {
    let index: Int
    let voxel: [Int]
    let growth: RegionGrowth?
    let volume: Double
    let decision: String?
    let note: String?
    let threshold: Double?
  }

  /// A corrected threshold of one case, or without an index of all others. Without a threshold it is removed.
  private struct ThresholdChange: Decodable {
    let index: Int?
    let threshold: Double?
  }

  /// The regions that a corrected mask is made of; without a threshold those of the saved mask.
  private struct MaskRequest: Decodable {
    let index: Int
    let threshold: Double?
  }

  func handlePost(_ request: HTTPRequest) async throws -> HTTPResponse {
    guard request.headers[.contentType] == "application/json" else {
      throw HTTPRefusal(.badRequest, "Send JSON.")
    }
    let body = try await request.bodyData
    switch request.target.path() {
    case "/api/review": return try HTTPResponse(json: save(Self.decode(ReviewChange.self, from: body)))
    case "/api/threshold": return try HTTPResponse(json: save(Self.decode(ThresholdChange.self, from: body)))
    case "/api/region": return try HTTPResponse(json: await save(Self.decode(RegionChange.self, from: body)))
    case "/api/mask":
      let wanted = try Self.decode(MaskRequest.self, from: body)
      let row = try chosen(wanted.index)
      try await correct(row, above: Self.checked(wanted.threshold))
      return try HTTPResponse(json: review.read())
    default: throw HTTPRefusal(.notFound, "Nothing can be saved there.")
    }
  }

  private func save(_ change: ReviewChange) throws -> ReviewFolder.Contents {
    let id = try chosen(change.index).id, decision = change.decision.flatMap(Review.Decision.init)
    try Self.check(change.decision, isKnown: decision != nil, note: change.note)
    return try review.change { contents in
      var review = contents.reviews[id] ?? Review()
      if change.decision != nil { review.decision = decision }
      if let note = change.note { review.note = note }
      review.changed = Date.now.formatted(.iso8601)
      contents.reviews[id] = review.decision == nil && review.note.isEmpty ? nil : review
    }
  }

  /// Saves the judgement, and a corrected mask of the case again if there is one.
  private func save(_ change: RegionChange) async throws -> ReviewFolder.Contents {
    let row = try chosen(change.index), decision = change.decision.flatMap(RegionReview.Decision.init)
    try Self.check(change.decision, isKnown: decision != nil, note: change.note)
    guard change.voxel.count == 3 else { throw HTTPRefusal(.badRequest, "A voxel has three indices.") }
    if change.growth != nil {
      try await Self.check(change.voxel, isIn: Self.require(row.anomalyMap, of: row))
    }
    let threshold = try Self.checked(change.threshold)
    let contents = try review.change { contents in
      var regions = contents.regions[row.id] ?? []
      let known = regions.firstIndex { $0.voxel == change.voxel && $0.growth == change.growth }
      var region =
        known.map { regions.remove(at: $0) }
        ?? RegionReview(voxel: change.voxel, growth: change.growth, volume: change.volume)
      if change.decision != nil { region.decision = decision }
      if let note = change.note { region.note = note }
      (region.volume, region.changed) = (change.volume, Date.now.formatted(.iso8601))
      if !region.isEmpty {
        guard region.isValid else {
          throw HTTPRefusal(
            .badRequest,
            "Added regions, and no others, grow: from a score of 0 or more, up to "
              + "\(Int(RegionGrowth.largestRadius)) mm from the voxel.")
        }
        regions.insert(region, at: known ?? regions.endIndex)
        guard regions.count(where: { $0.growth != nil }) <= RegionGrowth.mostPerCase else {
          throw HTTPRefusal(.badRequest, "A case has at most \(RegionGrowth.mostPerCase) added regions.")
        }
      }
      contents.regions[row.id] = regions.isEmpty ? nil : regions
    }
    if contents.corrected[row.id] != nil { try await correct(row, above: threshold) }
    return contents
  }

  private func save(_ change: ThresholdChange) throws -> ReviewFolder.Contents {
    let threshold = try Self.checked(change.threshold), id = try change.index.map { try chosen($0).id }
    return try review.change { contents in
      if let id {
        contents.thresholds[id] = threshold
      } else {
        contents.thresholdOfOthers = threshold
      }
    }
  }

  /// Writes the corrected mask of a case.
  private func correct(_ row: ResultFolder.Case, above threshold: Double?) async throws {
    guard !row.id.contains("/"), !row.id.hasPrefix(".") else {
      throw HTTPRefusal(.badRequest, "The name of the case is not a valid file name.")
    }
    let regions = try review.read().regions[row.id] ?? [], file = review.mask(of: row.id)
    let minimum = results.record?.minimumLesionSize ?? 0
    try await Self.onBackgroundThread {
      let mask = try CorrectedMask.make(of: row, above: threshold, minimumVolume: minimum, regions: regions)
      try AtomicFile.makeFolder(file.deletingLastPathComponent())
      try NIfTI.write(mask, to: file)
    }
  }

  private func chosen(_ index: Int) throws -> ResultFolder.Case {
    guard results.cases.indices.contains(index) else {
      throw HTTPRefusal(.badRequest, "There is no such case.")
    }
    return results.cases[index]
  }

  /// Throws an ``HTTPRefusal`` if an image has no such voxel.
  private static func check(_ voxel: [Int], isIn image: URL) async throws {
    let isVoxel = try await onBackgroundThread { try VolumeReader.readGeometry(image).contains(voxel) }
    guard isVoxel else { throw HTTPRefusal(.badRequest, "The scan has no such voxel.") }
  }

  private static func check(_ decision: String?, isKnown: Bool, note: String?) throws {
    guard decision.map({ $0.isEmpty || isKnown }) != false, (note ?? "").count <= Review.maximumNoteLength
    else {
      throw HTTPRefusal(
        .badRequest, "The decision is unknown, or the note exceeds \(Review.maximumNoteLength) characters.")
    }
  }

  private static func checked(_ threshold: Double?) throws -> Double? {
    guard threshold.map({ $0 >= 0 && $0.isFinite }) != false else {
      throw HTTPRefusal(.badRequest, "A threshold must be 0 or more.")
    }
    return threshold
  }

  private static func decode<Value: Decodable>(_ type: Value.Type, from body: Data) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: body)
    } catch {
      throw HTTPRefusal(.badRequest, "The body does not have the expected fields.")
    }
  }
}
