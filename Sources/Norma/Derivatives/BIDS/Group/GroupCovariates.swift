import Base
package import Cohort
package import Foundation

/// The volumes of regions against the numeric columns of `participants.tsv`.
package struct GroupCovariates: Sendable {
  /// A participant's number and the mean volume of its scans in mL.
  package struct Point: Sendable {
    package let participantID: String
    package let value, volumeML: Double
  }

  /// A numeric column.
  package struct Covariate: Sendable {
    /// The name of the column.
    package let name: String
    /// The name with its unit.
    package let label: String
    /// The participants that have a number and a volume.
    package let points: [Point]

    /// The rank correlation with the volume; nil if it is undefined.
    package var correlation: RankCorrelation? { RankCorrelation(points.map { ($0.value, $0.volumeML) }) }
  }

  static let tableFile = "group_covariates.tsv"
  static let descriptionFile = "group_covariates.json"

  /// The numeric columns in the order of the table.
  package let covariates: [Covariate]
  /// The columns that are not numeric.
  package let otherColumns: [String]

  /// Joins the volumes of a group with the columns of the participants.
  package init(of table: GroupTable, _ participants: BIDSParticipants?) {
    let volumes = table.meanVolumes
    let numbers = participants?.columns.map { ($0, participants?.numbers($0)) } ?? []
    covariates = numbers.compactMap { name, numbers in
      numbers.map { numbers in
        Covariate(
          name: name, label: participants?.label(name) ?? name,
          points: volumes.compactMap { id, volume in
            numbers[id].map { Point(participantID: id, value: $0, volumeML: volume) }
          })
      }
    }
    otherColumns = numbers.filter { $0.1 == nil }.map(\.0)
  }

  /// Writes the table of correlations and the description of its columns, and returns the table's file; nil
  /// without a covariate.
  package func write(to dataset: DerivativeDataset) throws -> URL? {
    guard !covariates.isEmpty else { return nil }
    let file = dataset.file(Self.tableFile)
    try AtomicFile.writeIfChanged(Data(Self.columns.table(of: covariates).text.utf8), at: file)
    try AtomicFile.writeIfChanged(
      AtomicFile.encoded(Self.columns.descriptions()), at: dataset.file(Self.descriptionFile))
    return file
  }

  private static let columns: [TableColumn<Covariate>] = [
    TableColumn("covariate", "Column of participants.tsv") { $0.name },
    TableColumn("participants", "Number of participants with this covariate and a volume") {
      "\($0.points.count)"
    },
    TableColumn(
      "rank_correlation",
      "Spearman's rank correlation with the volume of all regions, the mean of a participant's scans; n/a for fewer "
        + "than \(RankCorrelation.fewest) participants and for a constant"
    ) { $0.correlation?.coefficient.formatted(fraction: 4) },
    TableColumn("interval_low", "Lower end of its 95 % interval (Bonett and Wright 2000)") {
      $0.correlation?.interval?.lowerBound.formatted(fraction: 4)
    },
    TableColumn("interval_high", "Upper end of its 95 % interval (Bonett and Wright 2000)") {
      $0.correlation?.interval?.upperBound.formatted(fraction: 4)
    },
  ]
}
