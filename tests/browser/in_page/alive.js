// Counts the channels and timers that are alive.
window.channels = 0;
window.timers = new Set();
const { close } = BroadcastChannel.prototype;
window.BroadcastChannel = class extends BroadcastChannel {
  constructor(name) {
    super(name);
    window.channels += 1;
  }
  close() {
    window.channels -= 1;
    return close.call(this);
  }
};
const { setTimeout: wait, clearTimeout: forget } = window;
window.setTimeout = (task, ...rest) => {
  const id = wait(
    () => {
      window.timers.delete(id);
      task();
    },
    ...rest,
  );
  window.timers.add(id);
  return id;
};
window.clearTimeout = (id) => {
  window.timers.delete(id);
  forget(id);
};
