/** Quotes a word for a shell. */
const quoted = (word) => `'${word.replaceAll("'", `'\\''`)}'`;

/** Returns the commands that open a case in other programs. */
function commands({ image, map }, mask, [low, high]) {
  if (!image || !map || !mask) return [];
  const [scan, scores, regions] = [image, map, mask].map(quoted);
  const slicer = [
    `slicer.util.loadVolume(${JSON.stringify(image)})`, `slicer.util.loadVolume(${JSON.stringify(map)})`,
    `slicer.util.loadSegmentation(${JSON.stringify(mask)})`,
  ].join("; ");
  return [
    { name: "ITK-SNAP", text: `itksnap -g ${scan} -o ${scores} -s ${regions}` },
    {
      name: "FSLeyes",
      text: `fsleyes ${scan} ${scores} --cmap hot --displayRange ${low.toPrecision(3)} ${high.toPrecision(3)} `
        + `${regions} --overlayType label --outline`,
    },
    { name: "3D Slicer", text: `Slicer --python-code ${quoted(slicer)}` },
  ];
}

/** Shows a button for each program that copies its command and shows it in `output`. */
export function showPrograms(place, output, details, mask, range) {
  output.textContent = "";
  place.replaceChildren(
    ...commands(details, mask, range).map(({ name, text }) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = `Copy for ${name}`;
      button.title = text;
      button.addEventListener("click", () => {
        output.textContent = text;
        // Where the browser allows no copying, the text can be selected.
        navigator.clipboard?.writeText(text).catch(() => {});
      });
      return button;
    }),
  );
}
