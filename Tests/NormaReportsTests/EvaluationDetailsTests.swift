import Norma
import Testing
import Volumes

@testable import NormaReports

@Suite struct EvaluationDetailsTests {
  private let geometry = Geometry(shape: [12, 10, 1], affine: .identity)

  /// Patients with one square lesion, scored exactly, and people with nothing but one false spot.
  private func sections(
    patients: Int, healthy: Int, minimumLesionSize: Double = 0, detail: Evaluator.Detail = .full
  ) throws -> [HTMLPage.Section] {
    var evaluator = Evaluator(
      operatingPoints: [
        .falsePositiveRate(0.01, threshold: 1.5), OperatingPoint(name: "labelled_validation", threshold: 3),
      ],
      minimumLesionSize: minimumLesionSize, detail: detail)
    for index in 0..<patients + healthy {
      var map = Volume(geometry: geometry, repeating: 1), lesion = Mask(geometry: geometry, repeating: 0)
      for pixel in 0..<16 where index < patients {
        map[2 + pixel % 4, 2 + pixel / 4, 0] = 4
        lesion[2 + pixel % 4, 2 + pixel / 4, 0] = 1
      }
      if index >= patients { map[5, 5, 0] = 2 }
      try evaluator.add(
        caseID: "sub-\(index)", participantID: "sub-\(index)", map: map, lesion: lesion,
        brain: Mask(geometry: geometry, repeating: 1))
    }
    return EvaluationDetails(try evaluator.evaluation(method: "test", samples: 20)).sections
  }

  private func html(_ section: HTMLPage.Section) -> String { section.blocks.map(\.html.source).joined() }

  @Test func everySubjectHasItsSection() throws {
    let sections = try sections(patients: 2, healthy: 1)
    #expect(
      sections.map(\.heading)
        == [
          "Thresholds chosen before the test", "Lesions found", "Lesion-free cases",
          "Detection of cases with a lesion",
        ])
    let runs = sections.map(html)
    for text in ["FPR 1 %", "labelled validation", "HD95", "Surface Dice", "± 0<", "median 1.00", "n = 2"] {
      #expect(runs[0].contains(text), "\(text)")
    }
    #expect(runs[1].contains("&lt;200 (n = 2)") && runs[1].contains("&gt;1000 (n = 0)"))
    #expect(runs[2].contains("1 lesion-free case, in which every prediction is false"))
    #expect(runs[3].contains("2 have one, 1 has none") && runs[3].contains("different sets or scanners"))
  }

  @Test func whatThereIsNotIsLeftOut() throws {
    #expect(
      try sections(patients: 2, healthy: 0).map(\.heading) == [
        "Thresholds chosen before the test", "Lesions found",
      ])
    #expect(
      try sections(patients: 1, healthy: 0, detail: .ranking).map(\.heading) == [
        "Thresholds chosen before the test"
      ])
    #expect(
      try sections(patients: 0, healthy: 2).map(\.heading).contains("Detection of cases with a lesion")
        == false)
  }

  @Test func droppedRegionsAreMentioned() throws {
    #expect(html(try sections(patients: 1, healthy: 0)[0]).contains("dropped") == false)
    #expect(
      html(try sections(patients: 1, healthy: 0, minimumLesionSize: 5)[0]).contains("below 5 mm³ are dropped")
    )
  }
}
