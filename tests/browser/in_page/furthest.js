// How far two pictures (base64 of PNG files) are from each other where they are furthest, in steps of 255 of a channel.
async ([one, other]) => {
  const pixels = async (packed) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${packed}`)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    return canvas.getImageData(0, 0, image.width, image.height).data;
  };
  const [a, b] = await Promise.all([pixels(one), pixels(other)]);
  if (a.length !== b.length) return 255;
  return a.reduce((most, value, at) => Math.max(most, Math.abs(value - b[at])), 0);
};
