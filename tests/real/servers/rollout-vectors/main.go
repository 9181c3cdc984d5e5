// Asks the Deployment controller of Kubernetes what it makes of random rollouts, one sync each, and prints it as JSON.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand"
	"os"
	"strconv"
	"strings"
	"time"
	_ "unsafe"

	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/kubernetes/pkg/controller/deployment"
	"k8s.io/kubernetes/pkg/controller/deployment/util"
)

//go:linkname syncDeployment k8s.io/kubernetes/pkg/controller/deployment.(*DeploymentController).syncDeployment
func syncDeployment(*deployment.DeploymentController, context.Context, string) error

const namespace, name = "default", "web"

var labels = map[string]string{"app": "web"}

// set is a replica set; unknown is what an annotation that is not there says.
type set struct {
	isNew                        bool
	wanted, available            int32
	desiredReplicas, maxReplicas int32
}

const unknown = -1

type vector struct {
	replicas           int32
	surge, unavailable intstr.IntOrString
	recreate, paused   bool
	sets               []set
}

func main() {
	count := flag.Int("count", 3000, "how many")
	seed := flag.Int64("seed", 1, "of the random inputs")
	flag.Parse()
	random := rand.New(rand.NewSource(*seed))
	fmt.Println("[")
	for number := range *count {
		v := draw(random)
		sizes, created := decide(v)
		comma := ","
		if number == *count-1 {
			comma = ""
		}
		fmt.Println(line(v, sizes, created) + comma)
	}
	fmt.Println("]")
}

// draw makes up a rollout. Half of them are ones that a controller could have brought about, the others anything.
func draw(random *rand.Rand) vector {
	share := func() intstr.IntOrString {
		if random.Intn(2) == 0 {
			return intstr.FromInt32(random.Int31n(5))
		}
		return intstr.FromString(strconv.Itoa([]int{0, 1, 10, 25, 34, 50, 100}[random.Intn(7)]) + "%")
	}
	v := vector{replicas: random.Int31n(13), surge: share(), unavailable: share()}
	for zero(v.surge) && zero(v.unavailable) {
		v.surge, v.unavailable = share(), share()
	}
	v.recreate, v.paused = random.Intn(10) == 0, random.Intn(5) == 0
	before, scaled := v.replicas, random.Intn(2) == 0
	if scaled {
		before = random.Int31n(13)
	}
	count := random.Intn(5)
	newest := random.Intn(count + 2)
	for at := range count {
		s := set{isNew: at == newest, wanted: random.Int31n(before + 2)}
		if random.Intn(4) == 0 {
			s.wanted = 0
		}
		if random.Intn(10) > 0 {
			s.desiredReplicas, s.maxReplicas = before, before+surgeOf(v, before)
		} else {
			s.desiredReplicas, s.maxReplicas = unknown, unknown
		}
		switch random.Intn(3) {
		case 0:
			s.available = s.wanted
		case 1:
			s.available = random.Int31n(s.wanted + 1)
		}
		v.sets = append(v.sets, s)
	}
	return v
}

func zero(share intstr.IntOrString) bool {
	return share == intstr.FromInt32(0) || share == intstr.FromString("0%")
}

func surgeOf(v vector, replicas int32) int32 {
	d := object(v)
	d.Spec.Replicas = &replicas
	return util.MaxSurge(*d)
}

func object(v vector) *apps.Deployment {
	var there int32
	for _, s := range v.sets {
		there += s.wanted
	}
	strategy := apps.DeploymentStrategy{
		Type:          apps.RollingUpdateDeploymentStrategyType,
		RollingUpdate: &apps.RollingUpdateDeployment{MaxSurge: &v.surge, MaxUnavailable: &v.unavailable},
	}
	if v.recreate {
		strategy = apps.DeploymentStrategy{Type: apps.RecreateDeploymentStrategyType}
	}
	return &apps.Deployment{
		ObjectMeta: meta.ObjectMeta{Namespace: namespace, Name: name, UID: "deployment"},
		Spec: apps.DeploymentSpec{
			Replicas: &v.replicas, Paused: v.paused, Strategy: strategy, Template: template("newest"),
			Selector: &meta.LabelSelector{MatchLabels: labels},
		},
		Status: apps.DeploymentStatus{Replicas: there},
	}
}

func template(image string) core.PodTemplateSpec {
	return core.PodTemplateSpec{
		ObjectMeta: meta.ObjectMeta{Labels: labels},
		Spec:       core.PodSpec{Containers: []core.Container{{Name: "http", Image: image}}},
	}
}

// replicaSet is the one at that place; they are of the same deployment, each an hour younger than the one before.
func replicaSet(at int, s set, owner *apps.Deployment) *apps.ReplicaSet {
	image := "old-" + strconv.Itoa(at)
	if s.isNew {
		image = "newest"
	}
	annotations := map[string]string{util.RevisionAnnotation: strconv.Itoa(at + 1)}
	if s.desiredReplicas != unknown {
		annotations[util.DesiredReplicasAnnotation] = strconv.Itoa(int(s.desiredReplicas))
		annotations[util.MaxReplicasAnnotation] = strconv.Itoa(int(s.maxReplicas))
	}
	controller := *meta.NewControllerRef(owner, apps.SchemeGroupVersion.WithKind("Deployment"))
	return &apps.ReplicaSet{
		ObjectMeta: meta.ObjectMeta{
			Namespace: namespace, Name: nameOf(at), UID: types.UID(nameOf(at)), Labels: labels, Annotations: annotations,
			CreationTimestamp: meta.NewTime(time.Unix(1_800_000_000+3600*int64(at), 0)),
			OwnerReferences:   []meta.OwnerReference{controller},
		},
		Spec:   apps.ReplicaSetSpec{Replicas: &s.wanted, Template: template(image), Selector: &meta.LabelSelector{MatchLabels: labels}},
		Status: apps.ReplicaSetStatus{Replicas: s.wanted, AvailableReplicas: s.available},
	}
}

func nameOf(at int) string { return name + "-" + strconv.Itoa(at) }

// decide tells the sizes after one sync, and that of the replica set it made, or unknown.
func decide(v vector) (sizes []int32, created int32) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	owner := object(v)
	objects := []runtime.Object{owner}
	for at, s := range v.sets {
		objects = append(objects, replicaSet(at, s, owner))
	}
	client := fake.NewSimpleClientset(objects...)
	factory := informers.NewSharedInformerFactory(client, 0)
	deployments, sets := factory.Apps().V1().Deployments(), factory.Apps().V1().ReplicaSets()
	controller, err := deployment.NewDeploymentController(ctx, deployments, sets, factory.Core().V1().Pods(), client)
	check(err)
	check(deployments.Informer().GetIndexer().Add(owner))
	for _, object := range objects[1:] {
		check(sets.Informer().GetIndexer().Add(object))
	}
	check(syncDeployment(controller, ctx, namespace+"/"+name))
	list, err := client.AppsV1().ReplicaSets(namespace).List(ctx, meta.ListOptions{})
	check(err)
	sizes, created = make([]int32, len(v.sets)), unknown
	for _, there := range list.Items {
		at, err := strconv.Atoi(strings.TrimPrefix(there.Name, name+"-"))
		if err == nil && at < len(sizes) && there.UID != "" {
			sizes[at] = *there.Spec.Replicas
		} else {
			created = *there.Spec.Replicas
		}
	}
	return sizes, created
}

// line is [replicas, surge, unavailable, recreate, paused, sets, sizes, created], a set being [newest, wanted, available,
// desired replicas, most replicas].
func line(v vector, sizes []int32, created int32) string {
	var out strings.Builder
	fmt.Fprintf(&out, `[%d,"%s","%s",%d,%d,[`, v.replicas, v.surge.String(), v.unavailable.String(), bit(v.recreate), bit(v.paused))
	for at, s := range v.sets {
		separate(&out, at)
		fmt.Fprintf(&out, "[%d,%d,%d,%d,%d]", bit(s.isNew), s.wanted, s.available, s.desiredReplicas, s.maxReplicas)
	}
	out.WriteString("],[")
	for at, size := range sizes {
		separate(&out, at)
		fmt.Fprint(&out, size)
	}
	fmt.Fprintf(&out, "],%d]", created)
	return out.String()
}

func separate(out io.Writer, at int) {
	if at > 0 {
		fmt.Fprint(out, ",")
	}
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
