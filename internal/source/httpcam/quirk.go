package httpcam

// What a Reader tolerated, besides what jpegstream and upstream do.
const (
	SinglePicture   = "single-picture"
	StreamNotSingle = "stream-not-snapshot"
	SlowAnswers     = "slow-answers"
	WrongValidator  = "wrong-validator"
)

// Quirks says in one sentence what each quirk means.
var Quirks = map[string]string{
	SinglePicture:   "The address gives one picture, not a stream; it is asked for the next one every second.",
	StreamNotSingle: "The address gives a stream, not one picture; it is read as a stream.",
	SlowAnswers:     "The camera takes longer for a picture than the interval; it is asked less often.",
	WrongValidator:  "The camera gives the same ETag or Last-Modified to different pictures; they are not used.",
}
