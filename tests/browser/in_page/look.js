// Where each part is, what its text looks like, and whether it is what one sees and hits there.
() => {
  const root = document.querySelector("munui-chat").shadowRoot;
  const told = [
    "color",
    "backgroundColor",
    "fontSize",
    "fontFamily",
    "fontStyle",
    "fontWeight",
    "letterSpacing",
    "lineHeight",
    "textAlign",
    "textTransform",
    "textIndent",
    "textShadow",
    "wordSpacing",
    "wordBreak",
    "whiteSpace",
    "direction",
    "writingMode",
    "visibility",
    "cursor",
    "colorScheme",
    "borderTopWidth",
    "paddingTop",
    "transform",
    "opacity",
  ];
  const measure = (selector) => {
    const one = root.querySelector(selector);
    const { x, y, width, height } = one.getBoundingClientRect();
    const style = getComputedStyle(one);
    const hit = root.elementFromPoint(x + width / 2, y + height / 2);
    return {
      at: [x, y, width, height].map(Math.round),
      isHit: one.contains(hit),
      ...Object.fromEntries(told.map((name) => [name, style[name]])),
    };
  };
  const parts = [".launcher", ".panel", ".header", "#title", ".status", ".log", ".bubble", ".chip", ".input", ".send"];
  return Object.fromEntries(parts.map((selector) => [selector, measure(selector)]));
};
