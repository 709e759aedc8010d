import Base
package import Cohort
package import Foundation
package import Volumes

/// The share of the participants of a group in whom each voxel of the template is in a region.
package struct LesionFrequency: Sendable {
  /// What the sidecar of a map says about its group.
  package struct Facts: Hashable, Encodable, Sendable {
    /// The value of the column that divides the participants; nil for all participants.
    package let group: String?
    let column: String?
    /// The participants whose scans are in the map.
    package let participants: Int
    let leastScoredShare = LesionFrequency.leastScoredShare

    enum CodingKeys: String, CodingKey {
      case group = "Group"
      case column = "GroupColumn"
      case participants = "Participants"
      case leastScoredShare = "LeastScoredShare"
    }
  }

  /// The share of the participants in whom a voxel must have been scored.
  static let leastScoredShare = 0.5

  package let facts: Facts
  /// The map: 0 to 1, 0 outside the brain, NaN where too few participants were scored.
  package let map: Volume
  /// The masks that it was made from, relative to the data set.
  let masks: [String]

  /// The map of some scans; nil if none of them has a known place in the template.
  ///
  /// Each participant counts once, divided among the scans: with masks m and scored brains b of 0 or 1 and s
  /// scans of a participant, the map is the sum of m / s over the sum of b / s. Masks and brains are
  /// resampled to the template by the nearest voxel.
  init?(
    of rows: [ScanRow], group: String?, column: String?, in dataset: DerivativeDataset, template: Template
  ) throws {
    let grid = TemplateGrid(of: template)
    let placed = rows.compactMap { row in
      CaseRecord.toTemplate(of: row.caseID, in: dataset.folder).map { (row: row, toTemplate: $0) }
    }
    let scans = placed.reduce(into: [String: Float]()) { $0[$1.row.participantID, default: 0] += 1 }
    guard !scans.isEmpty else { return nil }
    var regions = [Float](repeating: 0, count: grid.geometry.voxelCount), scored = regions
    var masks = [String]()
    for (row, toTemplate) in placed {
      let files = CaseFiles(caseID: row.caseID), weight = 1 / (scans[row.participantID] ?? 1)
      func add(_ path: String, to sums: inout [Float]) throws {
        let mask = try grid.mask(NIfTI.readMask(dataset.file(path)), toTemplate: toTemplate)
        for (index, value) in mask.voxels.enumerated() where value != 0 { sums[index] += weight }
      }
      try add(files.mask, to: &regions)
      try add(files.brain, to: &scored)
      masks.append(files.mask)
    }
    // Thirds do not add up to 1 exactly.
    let least = Float(Double(scans.count) * Self.leastScoredShare) - 1e-4
    let voxels = regions.indices.map { index -> Float in
      if scored[index] >= least { return min(regions[index] / scored[index], 1) }
      return template.mask.voxels[index] != 0 ? .nan : 0
    }
    map = Volume(geometry: grid.geometry, voxels: voxels, header: grid.header)
    facts = Facts(group: group, column: column, participants: scans.count)
    self.masks = masks
  }

  /// The maps of all participants and of each group; groups without a scan of known place have none.
  package static func maps(
    of table: GroupTable, by groups: ParticipantGroups, template: Template
  ) throws -> [LesionFrequency] {
    let rows = table.rows(.ok)
    return try ([nil] + groups.names).compactMap { group in
      try LesionFrequency(
        of: group == nil ? rows : rows.filter { groups.group(of: $0.participantID) == group }, group: group,
        column: group == nil ? nil : groups.column, in: table.dataset, template: template)
    }
  }

  /// Writes the map and its sidecar, and returns the map's file. `label` distinguishes the maps of a data
  /// set.
  package func write(to dataset: DerivativeDataset, label: String) throws -> URL {
    let stem = "group_space-\(TemplateSpace.name)_label-lesion_desc-\(label)_probseg"
    let file = dataset.file("\(stem).nii.gz")
    let isWritten = (try? NIfTI.read(file)).map { written in
      written.voxels.elementsEqual(map.voxels) { $0.bitPattern == $1.bitPattern }
    }
    if isWritten != true { try NIfTI.write(map, to: file) }
    try AtomicFile.writeIfChanged(
      AtomicFile.encoded(
        TemplateSidecar(
          description:
            "Share of the participants in whom the voxel is in a region, among those in whom it was scored: "
            + "0 outside the brain, NaN where fewer than half of the participants were scored",
          sources: masks, interpolation: "nearest", frequency: facts)),
      at: dataset.file("\(stem).json"))
    return file
  }
}
