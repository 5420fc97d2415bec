// Name: The exception is swallowed
// Says: your unhandled_exception() keeps nothing: the coroutine has failed and nobody will know
// Caught-by: Step2_Exception.IsKeptWhateverItsType

//: 6.2
template <class T>
void CoroPromiseBase<T>::unhandled_exception() {
  fresh_result();
}
