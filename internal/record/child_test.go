package record

const childEnv = "CAMHUB_RECORD_CHILD"

func child() int { return 0 }
