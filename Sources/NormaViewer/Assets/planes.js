export const [axial, coronal, sagittal] = [0, 1, 2];

/** The left, top, width and height of each plane as fractions of the canvas, by the name of the layout. */
export const layouts = {
  all: [
    { sliceType: axial, position: [0, 0, 0.5, 1] },
    { sliceType: coronal, position: [0.5, 0, 0.5, 0.5] },
    { sliceType: sagittal, position: [0.5, 0.5, 0.5, 0.5] },
  ],
  /** The three planes where there is more height than width. */
  tall: [
    { sliceType: axial, position: [0, 0, 1, 0.6] },
    { sliceType: coronal, position: [0, 0.6, 0.5, 0.4] },
    { sliceType: sagittal, position: [0.5, 0.6, 0.5, 0.4] },
  ],
  axial: [{ sliceType: axial, position: [0, 0, 1, 1] }],
  coronal: [{ sliceType: coronal, position: [0, 0, 1, 1] }],
  sagittal: [{ sliceType: sagittal, position: [0, 0, 1, 1] }],
};

/** The letters at the left, right, top and bottom of each plane in radiological convention, the nose on the left. */
const letters = { [axial]: "RLAP", [coronal]: "RLSI", [sagittal]: "APSI" };
const sides = ["left", "right", "top", "bottom"];

/**
 * Labels the sides of the planes of a layout. NiiVue's own letters are in the wrong place where a slice does not fill its
 * part of the canvas.
 */
export function label(place, layout) {
  place.replaceChildren(
    ...layout.map(({ sliceType, position }) => {
      const plane = document.createElement("div");
      ["left", "top", "width", "height"].forEach((name, index) => (plane.style[name] = `${100 * position[index]}%`));
      plane.className = "plane";
      plane.dataset.plane = ["axial", "coronal", "sagittal"][sliceType];
      sides.forEach((side, index) => {
        const letter = plane.appendChild(document.createElement("span"));
        letter.className = side;
        letter.textContent = letters[sliceType][index];
      });
      return plane;
    }),
  );
}
