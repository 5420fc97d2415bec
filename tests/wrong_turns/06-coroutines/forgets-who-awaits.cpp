// Name: Nobody is told of the end
// Says: your coroutine ends and goes back to whoever resumed it; the one that awaits it never goes
//   on
// Caught-by: Step5_WayBack.TheAwaitingOneGoesOn

//: 6.5
template <class T>
void CoroPromiseBase<T>::hand_back(std::coroutine_handle<>& next) const noexcept {
  (void)next;
}
