import Norma

extension SessionVolumes {
  /// The masks in which the volumes were measured, in a sentence.
  var masks: String {
    let joint = participants.count(where: \.isJoint)
    let single = "in the masks of single scans"
    let together =
      "in masks that were thresholded together with those of the sessions they were compared with"
    return switch joint {
    case 0: "Volumes are \(single)."
    case participants.count: "Volumes are \(together), the mean of a session's comparisons."
    default:
      "Volumes of \(joint) of \(participants.count) participants are \(together), the mean of a session's "
        + "comparisons; the others, without a comparison of every session, are \(single)."
    }
  }

  /// The volumes of every session, with the change since the participant's first one.
  func report(link: (String) -> HTML) -> ReportTable {
    ReportTable(
      caption: "Volume of all regions by session, and the change since the participant's first one",
      columns: [
        .text("Participant"), .text("Session"), .number("Days"), .number("Volume (mL)"),
        .number("Change (mL)"), .text("Masks"),
      ],
      rows: participants.flatMap { participant in
        let volumes = participant.volumesML, masks = participant.isJoint ? "together" : "single scan"
        return zip(participant.sessions, volumes).enumerated().map { number, row in
          let (session, volume) = row
          let cells = [
            session.id, format(session.days?.rounded() ?? .nan), aligned(volume),
            number == 0 ? "–" : aligned(volume - volumes[0]), masks,
          ]
          return [link(participant.id)] + cells.map(HTML.text)
        }
      })
  }
}
