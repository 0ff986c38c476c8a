// The contrast of a part's text with the ground of another part, by WCAG; colours as the browser paints them.
([selector, ground]) => {
  const root = document.querySelector("munui-chat").shadowRoot;
  const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const light = (colour) => {
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data]
      .map((one) => one / 255)
      .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [one, other] = [
    light(getComputedStyle(root.querySelector(selector)).color),
    light(getComputedStyle(root.querySelector(ground)).backgroundColor),
  ];
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
};
