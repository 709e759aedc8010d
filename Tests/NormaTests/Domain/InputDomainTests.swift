import Foundation
import Testing

@testable import Norma
@testable import Preprocessing

@Suite struct InputDomainTests {
  private func histogram(around centre: Float, spread: Float = 0.1) throws -> IntensityHistogram {
    let values = (0..<2000).map { centre + spread * (Float($0) / 1000 - 1) }
    return try #require(IntensityHistogram(values, brain: values.map { _ in 1 }))
  }

  private func scan(_ centre: Float, pixel: Double? = 1, slice: Double? = 3) throws -> ScanProperties {
    ScanProperties(histogram: try histogram(around: centre), pixelSize: pixel, sliceDistance: slice)
  }

  @Test func theDistanceIsHowFarBrightnessHasToBeMoved() throws {
    let distance = try histogram(around: 0.6).distance(to: histogram(around: 0.45).fractions)
    #expect(abs(distance - 0.15) < 1e-3, "\(distance)")
    #expect(try histogram(around: 0.6).distance(to: histogram(around: 0.6).fractions) == 0)
  }

  @Test func onlyTheBrainCounts() throws {
    let values: [Float] = [0.2, 0.2, 1.4, 9], brain: [Float] = [1, 1, 0, 0]
    let histogram = try #require(IntensityHistogram(values, brain: brain))
    #expect(histogram.fractions.reduce(0, +) == 1 && histogram.fractions[8] == 1)
    #expect(IntensityHistogram(values, brain: [0, 0, 0, 0]) == nil)
  }

  @Test func trainingScansAreInsideAndOthersAreNamedWithTheirNumber() throws {
    let scans = try [0.48, 0.5, 0.53].map { try scan($0) }
    let domain = try #require(InputDomain(scans))
    for scan in scans { #expect(domain.findings(scan).filter { !$0.isInside }.isEmpty) }
    let findings = domain.findings(try scan(0.8, pixel: 1.4, slice: 7))
    #expect(findings.map(\.isInside) == [false, true, false])
    let intensity = findings[0].sentence
    #expect(
      intensity.contains(
        "Outside the range that the bundle knows: distance of the intensity distribution 0.2"))
    #expect(findings[2].sentence.contains("slice distance 7.0 mm, training scans 3.0 mm"))
    #expect(findings[1].sentence.contains("pixel size: 1.4 mm, as in the training scans (1.0 mm)"))
  }

  @Test(arguments: [(1.003, true), (1.085, true), (0.945, false), (0.72, false), (1.4, false)])
  func aContrastUnlikeThatOfAFLAIRIsNamed(ratio: Double, isInside: Bool) {
    let finding = InputDomain.Finding(greyToWhite: ratio)
    #expect(finding.isInside == isInside)
    #expect(finding.sentence.contains("FLAIR scans") && finding.sentence.contains("grey over white matter"))
  }

  @Test(arguments: [(0.2, true), (0.5, true), (1.4, true), (1.6, false)])
  func onlyCoarserPixelsAreUnknown(pixel: Double, isInside: Bool) throws {
    let domain = try #require(InputDomain([scan(0.5)]))
    #expect(domain.findings(try scan(0.5, pixel: pixel))[1].isInside == isInside)
  }

  @Test(
    arguments: [
      (1.003, 0.3, nil), (0.98, 0.77, nil), (1.3, nil, nil), (nil, nil, nil), (0.945, 0.3, "T1w"),
      (0.6, nil, "T1w"), (1.3, 1.8, "T2w"),
    ] as [(Double?, Double?, String?)])
  func aContrastThatIsNotFLAIRIsSeen(grey: Double?, fluid: Double?, seen: String?) {
    var record = PreprocessingRecord()
    (record.greyToWhite, record.fluidToWhite) = (grey, fluid)
    let difference = ContrastCheck.differenceFromFLAIR(record)
    #expect((difference == nil) == (seen == nil) && difference?.contains(seen ?? "") != false)
  }

  @Test func whatIsNotKnownIsNotJudged() throws {
    let domain = try #require(InputDomain([scan(0.5, pixel: nil, slice: nil)]))
    #expect(domain.findings(try scan(0.5, pixel: 0.1, slice: 20)).map(\.range.name).count == 1)
    #expect(InputDomain([]) == nil)
    let read = try JSONDecoder().decode(InputDomain.self, from: JSONEncoder().encode(domain))
    #expect(read == domain)
  }
}
