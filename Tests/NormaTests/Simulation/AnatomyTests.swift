import _TestSupport
import Base
import Foundation
import Tensors
import Testing
import Volumes

@testable import Norma

@Suite struct AnatomyTests {
  @Test func theGridIsThatOfTheModel() {
    let grid = Anatomy.grid, recipe = Recipe(), half = Double(recipe.gridSize - 1) / 2 * recipe.gridSpacing
    #expect(grid.shape[0] == recipe.gridSize && grid.shape[1] == recipe.gridSize)
    #expect(grid.spacing.x == recipe.gridSpacing && grid.spacing.y == recipe.gridSpacing)
    #expect(grid.affine.origin.x == recipe.gridCentre[0] - half)
    #expect(grid.affine.origin.y == recipe.gridCentre[1] - half)
  }

  @Test func aFileGivesTheAnatomyBack() throws {
    let folder = try TemporaryFolder(), file = folder.url.appendingPathComponent("a.safetensors")
    let anatomy = Anatomy.phantom(texture: -100)
    try anatomy.write(to: file)
    #expect(try Anatomy(contentsOf: file) == anatomy)
  }

  @Test func anotherFileIsRefused() throws {
    let folder = try TemporaryFolder(), file = folder.url.appendingPathComponent("a.safetensors")
    try Safetensors.write(["grey": Tensor([1], shape: [1])], to: file)
    #expect(throws: Problem.self) { try Anatomy(contentsOf: file) }
  }
}
