import _TestSupport
import Foundation
import Testing
import Volumes

import Base
@testable import Preprocessing

@Suite struct PlanarSliceTests {
  /// An ellipse with texture, 140 x 176 pixels in 160 x 190, on a background.
  private static func slice(
    width: Int = 160, height: Int = 190, _ background: (Int) -> Float = { _ in 0 }
  ) -> Volume {
    var slice = Volume(geometry: Geometry(shape: [width, height, 1], affine: .identity), repeating: 0)
    for index in slice.voxels.indices {
      let x = (Double(index % width) + 0.5) / Double(width) * 2 - 1
      let y = (Double(index / width) + 0.5) / Double(height) * 2 - 1
      slice.voxels[index] =
        x * x / 0.77 + y * y / 0.86 < 1 ? 100 + Float(index % 17) : background(index)
    }
    return slice
  }

  typealias Background = (value: @Sendable (Int) -> Float, found: String?)

  static let backgrounds: [Row<Background>] = [
    Row("0", ({ _ in 0 }, nil)), Row("3", ({ _ in 3 }, "of up to 3")), Row("white", ({ _ in 255 }, "of 255")),
    Row("faint noise", ({ Float($0 * 7919 % 4) }, "of up to 3")), Row("mid grey", ({ _ in 90 }, "of 90")),
    Row("rare noise", ({ $0 % 20 == 0 ? 2 : 0 }, "of up to 2")),
  ]

  @Test(arguments: backgrounds)
  func theBackgroundIsSetTo0(row: Row<Background>) throws {
    let (background, found) = row.body
    let checked = try PlanarSlice(Self.slice(background), brain: nil, name: "slice.png")
    #expect(checked.image == Self.slice())
    #expect(checked.notes.count == (found == nil ? 0 : 1))
    if let found { #expect(checked.notes[0].contains("values \(found)"), "\(checked.notes)") }
  }

  @Test func aSliceWithoutABackgroundIsRefused() throws {
    let noise = Self.slice { Float(30 + $0 * 7919 % 50) }
    let problem = try problem { try PlanarSlice(noise, brain: nil, name: "slice.png") }
    #expect(problem.kind == .badData && problem.what.contains("no background"))
    let brain = Self.slice().map { $0 == 0 ? UInt8(0) : 1 }
    let masked = try PlanarSlice(noise, brain: brain, name: "slice.png")
    #expect(masked.image == noise && masked.notes.isEmpty)
  }

  @Test func tissueMayReachTheBorder() throws {
    let whole = Self.slice(), inside = whole.cropped(to: [14..<146, 0..<190, 0..<1])
    let checked = try PlanarSlice(inside, brain: nil, name: "slice.png")
    #expect(checked.image == inside && checked.notes.isEmpty)
  }

  /// The widest part of a brain is behind its middle.
  @Test func aSliceThatIsUpsideDownIsNoticed() throws {
    var brain = Self.slice().map { _ in Float(0) }
    for index in brain.voxels.indices {
      let x = (Double(index % 160) - 79.5) / 70, y = (Double(index / 160) - 94.5) / 88
      let width = 0.93 + 0.07 * sin(y * .pi / 2)
      if (x / width) * (x / width) + y * y < 1 { brain.voxels[index] = 100 + Float(index % 17) }
    }
    let turned = Volume(geometry: brain.geometry, voxels: brain.voxels.reversed())
    #expect(try PlanarSlice(brain, brain: nil, name: "slice.png").notes == [])
    let notes = try PlanarSlice(turned, brain: nil, name: "slice.png").notes
    #expect(notes.count == 1 && notes[0].contains("upside down"), "\(notes)")
    #expect(
      try PlanarSlice(turned, brain: nil, z: -20, name: "slice.png").notes == [], "other shapes below 0")
  }

  @Test(arguments: [
    Row("as it is", ([160, 190], [])), Row("half size", ([80, 95], ["1 mm"])),
    Row("double size", ([320, 380], ["1 mm"])),
    Row("turned", ([190, 160], ["turned"])), Row("half size and turned", ([95, 80], ["1 mm", "turned"])),
  ])
  func anotherSizeOrPoseIsNoticed(row: Row<([Int], [String])>) throws {
    let (size, words) = row.body
    let checked = try PlanarSlice(Self.slice(width: size[0], height: size[1]), brain: nil, name: "slice.png")
    #expect(checked.notes.count == words.count)
    for (note, word) in zip(checked.notes, words) { #expect(note.contains(word), "\(note)") }
  }
}
