import Foundation
import Testing

@testable import NormaReports

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct PlotTests {
  @Test(arguments: [
    (0.0...1.0, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
    (0.0...100.0, ["0", "20", "40", "60", "80", "100"]),
    (0.13...0.87, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
    (-3.0...7.0, ["-4", "-2", "0", "2", "4", "6", "8"]),
    (0.0...0.03, ["0.00", "0.01", "0.02", "0.03"]),
    (5.0...5.0, ["4.4", "4.6", "4.8", "5.0", "5.2", "5.4", "5.6"]),
    (0.0...0.0, ["-0.6", "-0.4", "-0.2", "0.0", "0.2", "0.4", "0.6"]),
    (1200.0...4800.0, ["1000", "2000", "3000", "4000", "5000"]),
  ])
  func ticksAreRoundNumbers(range: ClosedRange<Double>, labels: [String]) {
    #expect(NiceTicks(enclosing: range).labels == labels)
  }

  @Test(arguments: [1e-9, 1e-3, 0.7, 12, 3e5, 8e11])
  func ticksEncloseTheDataInAFewSteps(scale: Double) {
    let range = (-0.31 * scale)...(0.77 * scale)
    let ticks = NiceTicks(enclosing: range)
    #expect(ticks.range.lowerBound <= range.lowerBound && ticks.range.upperBound >= range.upperBound)
    #expect((4...9).contains(ticks.values.count))
    #expect(Set(ticks.labels).count == ticks.values.count)
  }

  @Test(arguments: [
    (0.0, "0"), (12, "12"), (0.12345, "0.123"), (1234.5, "1234"), (-0.5, "-0.5"), (.nan, "–"),
    (.infinity, "–"),
    (1e9, "1e+09"),
  ])
  func numbersAreShort(value: Double, text: String) {
    #expect(format(value) == text)
  }

  @Test func aLongLegendTakesMoreRowsInsteadOfRunningOut() throws {
    let series = (0..<8).map { LinePlot.Series("a method with a long name \($0)", values: [1, 2]) }
    let svg = LinePlot(title: "", xLabel: "x", yLabel: "y", series: series).svg.source
    let starts = svg.matches(
      of: /<text class="label" x="([0-9.]+)" y="[0-9.]+" text-anchor="start" >a method/
    )
    .compactMap { Double($0.output.1) }
    #expect(starts.count == 8)
    #expect(starts.allSatisfy { $0 < 480 })
  }

  static let plots: [(String, SVG)] = [
    (
      "line",
      LinePlot(
        title: "A <b> & \"c\"", xLabel: "x", yLabel: "y",
        series: [.init("one", values: [3, .nan, 2, 1]), .init("two", values: [])]
      ).svg
    ),
    ("no series", LinePlot(title: "t", xLabel: "x", yLabel: "y", series: []).svg),
    (
      "precision",
      PrecisionRecallPlot(
        curves: [.init(name: "a", recall: [0, 0.5, 1], precision: [1, 0.6, 0.1], area: 0.58)], prevalence: 0.1
      ).svg
    ),
    ("histogram", Histogram(title: "t", xLabel: "x", values: [1, 2, 2, .nan, 9], threshold: 12).svg),
    (
      "scatter",
      ScatterPlot(
        title: "t", xLabel: "x", yLabel: "y",
        groups: [.init("a <b>", points: [(1, 2), (3, 4)]), .init("b", points: [(5, .nan)])]
      ).svg
    ),
    ("empty scatter", ScatterPlot(title: "t", xLabel: "x", yLabel: "y", groups: []).svg),
    ("empty histogram", Histogram(title: "t", xLabel: "x", values: []).svg),
    (
      "box",
      BoxPlot(title: "t", yLabel: "y", groups: [.init("a", values: [1, 2, 9]), .init("b", values: [])]).svg
    ),
  ]

  @Test(arguments: plots)
  func plotsAreWellFormedAndNamed(name: String, svg: SVG) {
    let parser = XMLParser(data: Data(svg.source.utf8))
    #expect(parser.parse(), "\(name): \(String(describing: parser.parserError))")
    for element in ["<title>", "<desc>", "role=\"img\""] { #expect(svg.source.contains(element)) }
    #expect(!svg.source.contains("nan") && !svg.source.contains("inf"))
  }

  @Test func aMissingValueInterruptsItsCurve() {
    func moves(_ values: [Double]) -> Int {
      LinePlot(title: "", xLabel: "", yLabel: "", series: [.init("s", values: values)]).svg.source
        .components(separatedBy: "d=\"")[1].prefix { $0 != "\"" }.filter { $0 == "M" }.count
    }
    #expect(moves([1, 2, 3, 4]) == 1)
    #expect(moves([1, .nan, 3, 4]) == 2)
  }

  @Test func aHistogramCountsEveryFiniteValue() {
    let svg = Histogram(title: "", xLabel: "", values: [0, 1, 1, 10, .nan], bins: 10).svg.source
    #expect(svg.components(separatedBy: "<rect ").count - 1 == 3)
    #expect(svg.contains("4 values from 0 to 10"))
  }

  @Test func everyFinitePointIsADotAndOneGroupNeedsNoLegend() {
    let points = [(x: 1.0, y: 2.0), (3, 4), (5, .nan)]
    func dots(_ groups: Int) -> String {
      ScatterPlot(
        title: "", xLabel: "", yLabel: "", groups: (0..<groups).map { .init("group \($0)", points: points) }
      ).svg.source
    }
    #expect(dots(2).components(separatedBy: "<circle ").count - 1 == 4)
    #expect(dots(2).contains("group 1") && !dots(1).contains("group 0"))
  }

  @Test func thePointsOfALineAreJoined() {
    let svg = ScatterPlot(
      title: "", xLabel: "", yLabel: "", groups: [.init("g", lines: [[(0, 1), (5, 2), (9, 3)], [(0, 4)]])]
    ).svg.source
    #expect(svg.components(separatedBy: "class=\"curve\"").count - 1 == 2)
    #expect(svg.components(separatedBy: "<circle ").count - 1 == 4)
  }

  @Test func quartilesAreInterpolatedAndWhiskersEndAtValues() throws {
    let quartiles = try #require(Quartiles([4, 1, 2, 3, .nan, 100]))
    #expect([quartiles.lower, quartiles.median, quartiles.upper] == [2, 3, 4])
    #expect(quartiles.lowestInside == 1)
    #expect(quartiles.highestInside == 4)
    #expect(Quartiles([.nan]) == nil)
  }
}
