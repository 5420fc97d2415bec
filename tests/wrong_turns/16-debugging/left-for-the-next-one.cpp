// Name: Left for the next one
// Says: your give_back() leaves what has arrived to the next loop that takes the signal
// Caught-by: Step4_Signals.AClosedLoopHasNoHandlers

//: 16.4
inline void give_back(int number) noexcept {
  SignalSlot& slot = signal_slots[static_cast<std::size_t>(number)];
  if (Interrupt::has_gone(slot.before.sa_handler)) slot.before.sa_handler = SIG_DFL;
  ::sigaction(number, &slot.before, nullptr);
  slot.wakeup = nullptr;
}
